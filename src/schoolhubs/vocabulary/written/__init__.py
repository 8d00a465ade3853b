"""What people write for us in YAML: read with the place of every value, and its shape checked."""
