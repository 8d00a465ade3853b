"""A school sets up a survey: what, when and for whom; codes, letters; then it is closed."""
