"""Awards, declarations, statements, payment runs and the programme budget, in pence."""
