"""Hubs as the programme office sees them: places, partners, and the schools left without one."""
