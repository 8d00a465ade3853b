"""What may prompt anybody to do anything about absence: a guard that nothing goes around.

No list, letter or plan step may be made of a protected session (illness, appointments, religion,
suspension, part-time, whatever is not unauthorised) nor of a pupil with an EHC plan, SEN support
or a recorded medical reason, unless a named person recorded why. Where the marks do not say whether
a pupil has special educational needs, that pupil prompts nothing.
"""

import dataclasses
import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.attendance.coding import regimes
from schoolhubs.attendance.patterns.sessions import sessions_of
from schoolhubs.vocabulary.errors import UsageError


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A named person's decision that some sessions of a pupil may prompt something, and why.

    Parameters
    ----------
    urn, pupil
        School, and the keyed hash of the pupil there.
    by, reason
        Who decided, and why; neither may be blank.
    letters
        Stored letters that are cleared; blank clears nothing but what is unauthorised.
    given_on
        The day of the decision.

    Raises
    ------
    UsageError
        Without a name or a reason.
    """

    urn: str
    pupil: int
    by: str
    reason: str
    given_on: datetime.date
    letters: str = ""

    def __post_init__(self) -> None:
        """Refuse a decision that nobody took, or that says nothing."""
        if not self.by.strip() or not self.reason.strip():
            raise UsageError("Only a named person with a reason can let a protected pupil prompt.")


def may_prompt(marks: pl.DataFrame, *, cleared: Sequence[Clearance] = ()) -> pl.DataFrame:
    r"""Give the only sessions that a list, letter or plan step may be made of.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS``, whole pupils: a flag in one week protects all of them.
    cleared
        What named persons decided; by default nothing.

    Returns
    -------
    Rows of :func:`sessions_of`, unauthorised absence alone unless cleared.

    Examples
    --------
    >>> from schoolhubs.vocabulary.frames import MARKS
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6), "sen": False,
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "OIMpERC/GN"}
    >>> "".join(may_prompt(MARKS.fill(pl.DataFrame([week])))["letter"])
    'OGN'
    >>> may_prompt(MARKS.fill(pl.DataFrame([{**week, "sen": None}]))).height
    0
    """
    sessions = sessions_of(marks)
    of_pupil = ["urn", "pupil"]
    is_free = unauthorised() & ~is_flagged().any().over(of_pupil)
    if cleared:
        named = pl.DataFrame(
            [(each.urn, each.pupil, each.letters + sanction_letters()) for each in cleared],
            schema={"urn": pl.String(), "pupil": pl.Int64(), "_cleared": pl.String()},
            orient="row",
        )
        named = named.group_by(of_pupil).agg(pl.col("_cleared").str.join(""))
        sessions = sessions.join(named, on=of_pupil, how="left", maintain_order="left")
        is_cleared = pl.col("_cleared").str.contains(pl.col("letter"), literal=True)
        is_free |= is_cleared.fill_null(value=False)
    return sessions.filter(is_free).drop("_cleared", strict=False)


def sanction_letters() -> str:
    """Give the letters that may ever stand near a penalty, of every table of codes.

    >>> sanction_letters()
    'GNOU'
    """
    return "".join(dict.fromkeys("".join(table.sanction_letters for table in regimes())))


def unauthorised() -> pl.Expr:
    """Tell the sessions that may ever stand near a penalty."""
    return pl.col("letter").is_in(list(sanction_letters()))


def is_flagged() -> pl.Expr:
    """Tell whether a row says that the pupil is protected, or does not say that they are not."""
    return pl.any_horizontal(
        pl.col("sen").fill_null(value=True),
        pl.col("ehc").fill_null(value=False),
        pl.col("has_reason").fill_null(value=False),
    )
