"""What a partner sees and does: the list, the party, the check, the confirmation, and after."""
