"""What is done with a survey: made, opened, answered, closed, read, erased."""
