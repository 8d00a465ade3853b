"""What is written down of a day that took place says something, by a rule that is data."""

import functools
from importlib import resources

from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def fewest_letters() -> int:
    """Give how many letters and digits a note of what was done has at least."""
    held = resources.files("schoolhubs.delivery.days").joinpath("recording.yaml")
    rule = read_facts(held.read_text("utf-8"))["fewest_letters_of_evidence"]
    return int(rule["value"])


def fault_of(evidence: str) -> str:
    """Say what a note of what was done lacks; blank where nothing.

    Examples
    --------
    >>> fault_of("Walked six lessons with the deputy")
    ''
    >>> fault_of(".")
    'Write what was done and what shows it, in 5 letters or more'
    """
    if sum(each.isalnum() for each in evidence) >= fewest_letters():
        return ""
    return f"Write what was done and what shows it, in {fewest_letters()} letters or more"
