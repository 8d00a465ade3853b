"""Charts along time: a figure year by year, and a measure from its baseline to its target."""
