"""Runs a school hub programme from published data to evidence.

The packages below this one are the programme's own words: read ``docs/explanation`` for the
way a record travels through them, and ``.importlinter`` for who may import whom.
"""

__version__ = "0.1.0"
