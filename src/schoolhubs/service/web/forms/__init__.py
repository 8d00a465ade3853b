"""What forms of every part share: words that people type."""
