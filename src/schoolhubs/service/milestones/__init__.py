"""Term by term: what each role has to do, who is stuck, concerns, completion."""
