"""After approval: who was affected before and after, and whether a gap between groups widened."""
