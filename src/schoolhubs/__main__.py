"""Lets ``python -m schoolhubs`` be the ``schoolhubs`` command."""

from schoolhubs.cli import main

main()
