"""A trust answers a self-assessment for many schools in one go: all of it is kept, or none."""
