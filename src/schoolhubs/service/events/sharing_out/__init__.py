"""A term with too few places for all is shared out: days are ranked, worked out, and booked."""
