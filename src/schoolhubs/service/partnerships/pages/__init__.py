"""What schools and their trusts see of partnerships, and how they answer."""
