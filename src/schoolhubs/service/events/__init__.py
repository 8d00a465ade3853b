"""Open days and networking events: places, bookings, waiting lists, who came."""
