"""The budget of a programme: what it has, what is committed, expected and paid, and what if."""
