"""What a lead may see of a partner, by an agreement between them."""
