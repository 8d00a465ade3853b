"""Partnerships: proposed by a round, answered by both schools, run and finished by term."""
