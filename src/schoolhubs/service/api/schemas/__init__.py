"""What the API says and takes, field by field, with units, series and year."""
