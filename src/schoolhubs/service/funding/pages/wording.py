"""How money is named on pages, in letters and in files."""

from schoolhubs import funding
from schoolhubs.vocabulary.records.funding import StatementLine

MILESTONES = {
    "first_year": "End of the first year",
    "end": "End of the time on the programme",
    "extension": "Further terms",
    "withdrawal": "Ended early",
}
KINDS = {
    "support_day": "Support day",
    "coaching": "Coaching",
    "open_day": "Open day",
    "networking": "Networking",
    "training": "Training",
    "declared": "Declared by hand",
}


def milestone(name: str) -> str:
    """Name what is paid for.

    >>> milestone("term_2"), milestone("first_year.3")
    ('End of term 2', 'End of the first year, correction 3')
    >>> milestone("first_year.1"), milestone("term_2.2.2")
    ('End of the first year, the rest', 'End of term 2, correction 2, part 2')
    """
    base, _, more = name.partition(".")
    correction, _, part = more.partition(".")
    said = MILESTONES.get(base, f"End of {base.replace('_', ' ')}")
    if correction:
        said += ", the rest" if correction == "1" else f", correction {correction}"
    return f"{said}, part {part}" if part else said


def days(half_days: float) -> str:
    """Write half-days as days.

    >>> days(1), days(2), days(7)
    ('half a day', '1 day', '3.5 days')
    """
    if half_days == 1:
        return "half a day"
    whole = f"{half_days / 2:g}"
    return f"{whole} day" if half_days == 2 else f"{whole} days"


def stands(line: StatementLine) -> str:
    """Say how far a line of a statement is: what nobody did is not said to be done."""
    said = str(funding.line_of(line)["stands"])
    return f"{said[0].upper()}{said[1:]}"


def record_of(evidence: str) -> str:
    """Name the record that shows a day, as people call it.

    >>> record_of("support_day:12"), record_of("")
    ('Support day 12', '')
    """
    kind, _, number = evidence.partition(":")
    return f"{kind.replace('_', ' ')} {number}".strip().capitalize()
