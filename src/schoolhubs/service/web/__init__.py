"""What every page shares: the layout, errors, health, logs and numbered requests."""
