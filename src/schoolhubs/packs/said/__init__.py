"""What a report says in sentences and small tables, all made of the round's own figures."""
