"""What the pages tell of a school's marks: protected first, and only then put into words."""
