"""A school's behaviour return: its columns, counted at once; the list itself is not kept."""
