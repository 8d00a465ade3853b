"""A school's own marks: brought in, measured, looked at, and erased."""
