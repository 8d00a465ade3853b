"""The parts of a round between the stages: each turns what one stage gave into the next's input."""
