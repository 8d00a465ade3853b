"""A demonstration on a synthetic England: loaded once, open on this machine alone."""
