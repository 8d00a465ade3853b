"""What would happen if: a round under rules that an office turned."""
