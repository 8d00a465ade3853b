"""Letters as an organisation reads its own, and as the office finds and mends them."""
