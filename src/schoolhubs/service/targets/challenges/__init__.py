"""What a school disputes of its target, what the office decides, the target worked out again."""
