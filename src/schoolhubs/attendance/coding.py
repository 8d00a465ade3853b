"""The codes of attendance registers as dated data: what is in force, what each counts as."""

import dataclasses
import datetime
import enum
import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any

from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.frames import COUNTED
from schoolhubs.vocabulary.written.stored import read_facts


class CountsAs(enum.StrEnum):
    """What a mark is in the statistics; only the first four are possible sessions."""

    ATTENDED = "attended"
    APPROVED = "approved"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    UNABLE = "unable"
    NOT_REQUIRED = "not_required"
    DUAL = "dual"


POSSIBLE = (CountsAs.ATTENDED, CountsAs.APPROVED, CountsAs.AUTHORISED, CountsAs.UNAUTHORISED)
ABSENT = (CountsAs.AUTHORISED, CountsAs.UNAUTHORISED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of one table; see ``codes.yaml`` for what each field says.

    ``column`` is the column of ``frames.MEASURES`` that counts it apart, or blank.
    ``protected`` is ``"always"``, ``"with_reason"`` or ``""``.
    """

    code: str
    letter: str
    meaning: str
    counts_as: CountsAs
    column: str = ""
    protected: str = ""
    may_prompt_sanction: bool = False
    is_watched: bool = False
    is_school_open: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The table of codes in force from ``starts_on``, up to ``finishes_on`` where that is known.

    Attributes
    ----------
    packed
        The stored letter of every way of writing a code, a school's own sub-codes included;
        ``"."`` for the signs of a session without a mark.
    retired
        Codes of the other table, each with what takes its place.

    Examples
    --------
    >>> table = codes(datetime.date(2025, 1, 6))
    >>> table.packed["C2"], table.packed["Y1"], table.packed["-"]
    ('p', '1', '.')
    >>> table.letters("sess_unauthorised")
    'GNOU'
    """

    regime: str
    starts_on: datetime.date
    finishes_on: datetime.date | None
    codes: tuple[Code, ...]
    packed: Mapping[str, str]
    retired: Mapping[str, str]

    def letters(self, column: str) -> str:
        """Give the stored letters that a session column of ``frames.MEASURES`` counts.

        ``sess_protected`` here counts what is protected whatever the pupil's record says; where a
        reason is recorded (``has_reason``) it counts :meth:`protected_letters` instead.
        """
        if column not in COUNTED:
            raise UsageError(f"{column} counts no sessions. Choose one of {', '.join(COUNTED)}.")
        return "".join(code.letter for code in self.codes if column in _columns(code))

    def protected_letters(self, *, has_reason: bool) -> str:
        """Give the letters left out of the addressable rate.

        >>> table = codes(datetime.date(2025, 1, 6))
        >>> table.protected_letters(has_reason=False), table.protected_letters(has_reason=True)
        ('MR', 'CMRI')
        """
        kinds = ("always", "with_reason") if has_reason else ("always",)
        return "".join(code.letter for code in self.codes if code.protected in kinds)

    @property
    def sanction_letters(self) -> str:
        """The letters that anything which mentions a penalty may name: no others, ever."""
        return "".join(code.letter for code in self.codes if code.may_prompt_sanction)

    @property
    def all_letters(self) -> str:
        """Every letter a stored mark may be on these dates, the one for no mark apart."""
        return "".join(code.letter for code in self.codes)

    def refusal(self, written: str) -> Problem | None:
        """Say what is wrong with a written code; None if it is in force.

        >>> print(codes(datetime.date(2025, 1, 6)).refusal("H"))
        column marks: code 'H' is not in force from 2024-08-19.
        Use C if the leave was exceptional, else G.
        """
        if written in self.packed:
            return None
        if written in self.retired:
            until = f" until {self.finishes_on}" if self.finishes_on else ""
            return Problem(
                code="code_not_in_force",
                column="marks",
                value=written,
                fault=f"code {written!r} is not in force from {self.starts_on}{until}",
                remedy=f"Use {self.retired[written]}.",
            )
        return Problem(
            code="unknown_code",
            column="marks",
            value=written[:8],
            fault=f"{written[:8]!r} is no attendance code",
            remedy="Mend the mark, or name your school's own code in the column mapping.",
        )


def codes(on: datetime.date, *, own: Mapping[str, str] | None = None) -> Codes:
    """Give the codes in force on a date.

    Parameters
    ----------
    on
        A day on which marks were taken.
    own
        A school's own sub-codes, each with the code of the table it stands for.

    Raises
    ------
    UsageError
        For a date before the earliest table.
    DataProblem
        If a sub-code stands for no code in force, or would change one that is.

    Examples
    --------
    >>> codes(datetime.date(2024, 8, 18)).regime, codes(datetime.date(2024, 8, 19)).regime
    ('regulations_2006', 'regulations_2024')
    >>> codes(datetime.date(2025, 1, 6), own={"I9": "I"}).packed["I9"]
    'I'
    """
    found = [table for table in regimes() if table.starts_on <= on]
    if not found:
        first = regimes()[0].starts_on
        raise UsageError(f"No table of attendance codes is held for {on}; the first is of {first}.")
    return _with_own(found[-1], own) if own else found[-1]


def _with_own(table: Codes, own: Mapping[str, str]) -> Codes:
    problems = [problem for code in own.values() if (problem := table.refusal(code))]
    official = {code.code: code.letter for code in table.codes}
    for written, code in own.items():
        if written in official and official[written] != table.packed.get(code):
            problems.append(
                Problem(
                    code="official_code_changed",
                    value=written,
                    fault=f"the school's own code {written!r} is an official code of other meaning",
                    remedy="Leave it out of the mapping.",
                )
            )
    if problems:
        raise DataProblem(problems)
    added = {written: table.packed[code] for written, code in own.items()}
    return dataclasses.replace(table, packed=MappingProxyType({**table.packed, **added}))


@functools.cache
def regimes() -> tuple[Codes, ...]:
    """Give every table of codes that is held, earliest first."""
    said = stored()
    tables = [_table(said, name) for name in said["regimes"]]
    return tuple(sorted(tables, key=lambda table: table.starts_on))


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read ``codes.yaml`` as it stands."""
    text = resources.files("schoolhubs.attendance").joinpath("codes.yaml").read_text("utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


def _table(said: Mapping[str, Any], regime: str) -> Codes:
    dates = said["regimes"][regime]
    held = [entry for entry in said["codes"] if entry.get("in", regime) == regime]
    letters = {entry["code"]: entry["letter"] for entry in held}
    also = {
        entry["written"]: letters[entry["code"]]
        for entry in said["written_also"]
        if entry["in"] == regime
    }
    nothing = dict.fromkeys(said["written_for_no_mark"], said["no_mark"])
    return Codes(
        regime=regime,
        starts_on=dates["from"],
        finishes_on=dates.get("until"),
        codes=tuple(_code(entry) for entry in held),
        packed=MappingProxyType({**also, **letters, **nothing}),
        retired=MappingProxyType(dict(_elsewhere(said, regime))),
    )


def _code(entry: Mapping[str, Any]) -> Code:
    return Code(
        code=entry["code"],
        letter=entry["letter"],
        meaning=entry["meaning"],
        counts_as=CountsAs(entry["counts_as"]),
        column=f"sess_{entry['column']}" if "column" in entry else "",
        protected=entry.get("protected", ""),
        may_prompt_sanction=entry.get("sanction", False),
        is_watched=entry.get("watched", False),
        is_school_open=not entry.get("not_open", False),
    )


def _elsewhere(said: Mapping[str, Any], regime: str) -> Iterable[tuple[str, str]]:
    """Give each code of another table only, with what to write instead."""
    for entry in said["codes"]:
        if entry.get("in", regime) != regime:
            yield entry["code"], entry.get("now") or entry["before"]
    for entry in said["written_also"]:
        if entry["in"] != regime:
            yield entry["written"], entry["code"]


def _columns(code: Code) -> set[str]:
    """Name the session columns that count a code."""
    found = {"sess_marked", f"sess_{code.counts_as}", code.column}
    if code.counts_as in POSSIBLE:
        found.add("sess_possible")
    if code.counts_as in ABSENT:
        found.add("sess_overall")
    if code.is_school_open:
        found.add("sess_open")
    if code.protected == "always":
        found.add("sess_protected")
    return found
