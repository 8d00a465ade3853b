"""What is given: who may go where, with how many places, and what the office has fixed."""
