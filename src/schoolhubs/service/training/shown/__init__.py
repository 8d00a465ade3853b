"""What is owed and done, of a school, a hub and all hubs, as pages and files."""
