"""Lists of lead schools that the office brings in: what each would change, and the pages."""
