"""Applying: the pages of an application, as its school meets them."""
