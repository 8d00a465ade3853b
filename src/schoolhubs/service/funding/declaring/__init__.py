"""Declarations: written by a school, declared by its head, checked or returned by the office."""
