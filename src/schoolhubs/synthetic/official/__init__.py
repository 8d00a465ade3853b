"""Writers of the official file formats, quirks included."""
