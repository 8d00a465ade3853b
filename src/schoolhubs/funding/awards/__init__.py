"""What a partner or a lead has earned by each milestone of a partnership."""
