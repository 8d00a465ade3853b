"""A plan on one page: one record of words, as a page to print and as an accessible PDF."""
