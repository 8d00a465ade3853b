"""Awards of the service: worked out by the pure rules from what stands, and kept."""
