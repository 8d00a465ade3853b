"""A delivered year of a synthetic England, told at a few whole hubs by the actions people use."""
