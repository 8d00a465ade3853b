"""The command line: one module for each noun; parse, read, call, write."""

from schoolhubs.cli.main import main

__all__ = ["main"]
