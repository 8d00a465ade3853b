"""A round matched again, with as few changes as can be, after something in it fell away."""
