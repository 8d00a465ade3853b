"""The import check: published files in, what is wrong with them, what they change, keep or not."""
