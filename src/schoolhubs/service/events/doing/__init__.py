"""What can be done with events: prepared, booked, waited for, shared out, attended."""
