"""What the programme office does with declarations: look, check, return, strike a day out."""
