"""``schoolhubs instrument``, ``survey``, ``diagnosis`` and ``plan``: a school looks and plans."""
