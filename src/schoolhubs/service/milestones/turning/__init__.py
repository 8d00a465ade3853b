"""What the hours bring: reminders, each once, and what a partnership came to at its end."""
