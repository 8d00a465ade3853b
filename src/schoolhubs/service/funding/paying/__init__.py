"""Payment runs: prepared by one, agreed by another, handed over, confirmed to the penny."""
