"""The page of one school: its facts, its absence through the years, its stage by right."""
