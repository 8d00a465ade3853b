"""Files that pages give to be saved: workbooks that no spreadsheet runs anything of."""
