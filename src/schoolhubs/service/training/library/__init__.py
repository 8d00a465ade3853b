"""The library of resources: found by words, kept to what a school needs, and what it used."""
