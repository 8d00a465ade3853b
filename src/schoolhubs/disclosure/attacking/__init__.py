"""What an attacker can work out: sums, what is shown, tables beside each other, the attack."""
