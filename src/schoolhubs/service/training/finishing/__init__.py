"""What a leader has done: declared, confirmed, and shown by a certificate."""
