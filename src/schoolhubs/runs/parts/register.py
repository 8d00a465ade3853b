"""What a round says of the school register it reads."""

import datetime

from schoolhubs import schools
from schoolhubs.vocabulary.calendar import AcademicYear


def day_of_register(register: schools.SchoolRegister, on: datetime.date) -> tuple[str, ...]:
    """Say in a sentence that a register is read for another day than its own; nothing if not."""
    if register.on == on:
        return ()
    dated = f"The school register was built as at {register.on}, the rules are asked for {on}"
    if on > register.on:
        return (f"{dated}: what happened to schools in between is not in it.",)
    year = AcademicYear.holding(on)
    return (
        f"{dated}: who was open and in which trust in {year} is worked out from the days it holds.",
    )
