"""Keys of programs: made, listed and ended by the office, and what each lets a program do."""
