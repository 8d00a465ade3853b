"""The school register in the database: numbered snapshots, one of them current; search; pages."""
