"""What became of a target, and what stands beside a success."""
