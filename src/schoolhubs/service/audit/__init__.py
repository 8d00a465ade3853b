"""Who did what, when and why: a chain of entries that nobody can change unseen."""
