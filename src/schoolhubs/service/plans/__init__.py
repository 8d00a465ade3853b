"""Action plans: board, equality screens, approval, reviews."""
