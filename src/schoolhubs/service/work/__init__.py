"""The first page after signing in: what waits for this person, and what there is to look at."""
