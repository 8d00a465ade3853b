"""The proof: goals in order on the optimal face, floors, and the price of anything else."""
