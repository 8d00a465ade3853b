"""What was delivered and waits for somebody: days to be agreed, visits, training, declarations."""
