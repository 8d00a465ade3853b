"""What falls due by a day: reviews, comparisons, surveys, agreements, what was delivered."""
