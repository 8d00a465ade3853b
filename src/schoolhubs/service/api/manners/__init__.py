"""How the API behaves, whatever is asked: keys, limits, formats, tags, repeats, problems."""
