"""The page of the audit log, and its words."""
