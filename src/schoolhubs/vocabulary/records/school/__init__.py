"""Records of one school: its history, and its attendance target."""
