"""A plan copied for another school of the same trust, and a trust's view over its schools."""
