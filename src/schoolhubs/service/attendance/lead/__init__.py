"""The page of the attendance lead, and its tables as CSV."""
