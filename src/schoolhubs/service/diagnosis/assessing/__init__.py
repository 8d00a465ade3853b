"""A leadership team answers a self-assessment: each alone, then set side by side."""
