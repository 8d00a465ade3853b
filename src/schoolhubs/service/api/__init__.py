"""The API: the same questions and actions as the pages, for programs that hold a key."""
