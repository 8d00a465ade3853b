"""What each programme offers, asks and pays, for everybody: pages, what changed, a brochure."""
