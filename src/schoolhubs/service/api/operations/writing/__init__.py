"""Operations that change something: applications, and saying yes or no to a match."""
