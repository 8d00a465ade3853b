"""What people set beside a target: a goal for a special school, a figure issued elsewhere."""
