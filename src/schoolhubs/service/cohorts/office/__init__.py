"""The programme office: intakes by term, their windows, late schools, the waiting list."""
