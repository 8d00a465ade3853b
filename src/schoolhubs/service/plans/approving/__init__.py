"""What stands in the way of approval, the plan as a file, and the one door."""
