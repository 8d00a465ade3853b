"""Files to and from whoever pays: the run that is handed over, and what became of it."""
