"""From a file to a table of text: unpacking, encodings, the header and the rows."""
