"""Records handed from one stage to the next: frozen, keyword-only, units in the names."""
