"""Who is signed in, for which organisation, in which roles, and what each role may reach."""
