"""Term by term: the page of a partnership, and a hub's page of its partners."""
