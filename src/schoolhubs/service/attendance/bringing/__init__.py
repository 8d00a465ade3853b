"""Marks on their way in, in five pages: file, columns, term dates, what was found, result."""
