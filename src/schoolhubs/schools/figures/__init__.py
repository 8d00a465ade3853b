"""What was published of schools: absence, context and inspections, each with its source."""
