"""Tables of pages: how they are read where the screen is narrow."""
