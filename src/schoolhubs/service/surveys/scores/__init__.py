"""The scores of a closed survey: worked out as the command line does, and kept once."""
