"""What the schools of a synthetic England are measured by: intake and absence."""
