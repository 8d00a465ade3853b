"""What would happen if: rules of a programme with values that an office turned."""
