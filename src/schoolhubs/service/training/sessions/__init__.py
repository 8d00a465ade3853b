"""Sessions: planned, signed up for, cancelled, and recorded by whoever taught."""
