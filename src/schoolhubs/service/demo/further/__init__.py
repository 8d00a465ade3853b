"""Two schools further on the way: one in the middle of its audit, one with a plan and a review."""
