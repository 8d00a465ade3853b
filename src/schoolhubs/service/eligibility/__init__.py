"""Who may join: the public check, applications and decisions."""
