"""Answers are sealed as they come in, and opened once, when their survey is closed."""
