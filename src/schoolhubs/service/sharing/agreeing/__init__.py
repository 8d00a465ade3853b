"""Lead and partner agree on what is shared: the pages, who may speak, what both are written."""
