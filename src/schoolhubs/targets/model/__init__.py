"""The arithmetic of an expectation: context, memory of earlier years, frontier, spread."""
