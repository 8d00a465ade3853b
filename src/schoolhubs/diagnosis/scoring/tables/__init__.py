"""Scoring step by step on tables: people, estimates, small numbers, standing, comparison."""
