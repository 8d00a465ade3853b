"""How schools stand beside each other, as far as chance lets anybody tell."""
