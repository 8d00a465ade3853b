"""Charts: bars, how values are spread, how full hubs are, one school through the years."""
