"""The programme office: a model fitted, what it is, and every school's target."""
