"""What the independent checker asks of pairs of schools and of floors, in plain loops."""
