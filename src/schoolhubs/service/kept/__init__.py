"""Pages drawn once for everybody, and what tells that they must be drawn anew."""
