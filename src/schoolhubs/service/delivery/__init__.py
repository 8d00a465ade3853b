"""Support days and coaching of each partnership: planned, delivered, evidenced, agreed."""
