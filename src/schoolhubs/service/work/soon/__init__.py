"""What falls due by a day: reviews, comparisons, surveys, words of pupils, agreements."""
