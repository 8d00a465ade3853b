"""Hubs: the lead schools of each programme, the places they offer, and the map of England."""
