"""History: what every row that may change was before, and who changed it, kept by the database."""
