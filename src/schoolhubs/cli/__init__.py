"""The command line: one module for each noun; parse, read, call, write."""

import sys

try:
    from schoolhubs.cli.main import main
except KeyboardInterrupt:  # Ctrl-C while the libraries load
    sys.stderr.write("Stopped. Nothing was left half written.\n")
    sys.exit(130)

__all__ = ["main"]
