"""What is done with partnerships, a module each: propose, answer, end, extend, turn by term."""
