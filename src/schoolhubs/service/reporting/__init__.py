"""Figures for those who look on: local authorities, and evaluators."""
