"""A partnership rests: nothing is asked of either school until it is taken up again."""
