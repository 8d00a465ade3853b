"""What is done with support days: planned, recorded, answered, coached, proposed, and who comes."""
