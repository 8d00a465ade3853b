"""How schools stand beside each other: among schools of their size, and in their trust."""
