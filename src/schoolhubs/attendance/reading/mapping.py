"""The column mapping of a school's own export: saved, named and checked, instead of a reader."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from schoolhubs.attendance.reading.documents import SEE, read_document, refused, schema_of

NEEDED = {"session": ("on", "session", "mark"), "week": ("week_on", "marks")}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
SESSIONS = 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column of an export holds what, and how its cells are written.

    Parameters
    ----------
    name
        What the mapping is called; it is told wherever its result is.
    layout
        ``session``: one mark a row. ``week``: a row a pupil-week, its ten marks in one column
        (ten letters, or ten codes with commas between) or in ten columns.
    pupil, marks
        Headings. Several for the pupil are taken together, as surname, forename and birthday.
    columns
        Heading by our own name, of every other column: on, session, mark, week_on, urn, laestab,
        admitted_on (first day on roll), left_on (last day on roll), year_group, fsm, sen, ehc,
        sex, has_reason, sess_possible and sess_attended.
    separator, sheet, date_format
        How the file is cut into cells and writes its dates; ISO dates are always read.
    am, pm, yes, no
        Words, in lower case.
    own_codes
        The school's own signs, each with the code it stands for; "." for no mark.
    """

    name: str
    layout: Literal["session", "week"]
    pupil: tuple[str, ...]
    marks: tuple[str, ...]
    columns: Mapping[str, str]
    separator: str
    sheet: str
    date_format: str
    am: tuple[str, ...]
    pm: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    own_codes: Mapping[str, str]
    no_mark: tuple[str, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading that the file must have."""
        return tuple(dict.fromkeys((*self.pupil, *self.marks, *self.columns.values())))


def read_mapping(path: Path) -> ColumnMapping:
    r"""Read a saved mapping, YAML or JSON.

    Raises
    ------
    DataProblem
        If a key is missing, unknown or not of its kind, or a column that the layout needs is not
        named.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ours.yaml"
    ...     _ = path.write_text(
    ...         "name: Weekly list\nlayout: week\n"
    ...         "columns: {pupil: UPN, week_on: Week, marks: Marks}\n"
    ...     )
    ...     mapping = read_mapping(path)
    >>> mapping.headings, mapping.date_format
    (('UPN', 'Marks', 'Week'), '%Y-%m-%d')
    """
    said = read_document(path, "mapping_schema.yaml")
    columns = dict(said["columns"])
    for name in NEEDED[said["layout"]]:
        if name not in columns:
            layout = said["layout"]
            raise refused(path, "columns", f"lacks {name}, which the layout {layout} needs")
    marks = _several(columns.pop("marks", ()))
    if said["layout"] == "session":
        marks = ()
    elif len(marks) not in (1, SESSIONS):
        raise refused(path, "columns.marks", f"names {len(marks)} columns, expected 1 or 10")
    if ("sess_possible" in columns) != ("sess_attended" in columns):
        remedy = f"Name both or neither: they are checked against each other. {SEE}"
        raise refused(path, "columns", "has only one of sess_possible, sess_attended", remedy)
    return _mapping(said, columns, marks)


def _mapping(
    said: Mapping[str, Any], columns: dict[str, str], marks: tuple[str, ...]
) -> ColumnMapping:
    usual = schema_of("words.yaml")
    halves = said.get("session_words", usual["session_words"])
    words = said.get("words", usual["words"])
    separator = said.get("separator", ",")
    return ColumnMapping(
        name=said["name"],
        layout=said["layout"],
        pupil=_several(columns.pop("pupil")),
        marks=marks,
        columns=MappingProxyType(columns),
        separator=SEPARATORS.get(separator, separator),
        sheet=said.get("sheet", ""),
        date_format=said.get("date_format", usual["date_format"]),
        am=_lower(halves["am"]),
        pm=_lower(halves["pm"]),
        yes=_lower(words["yes"]),
        no=_lower(words["no"]),
        own_codes=MappingProxyType(dict(said.get("own_codes", {}))),
        no_mark=tuple(said.get("no_mark", ())),
    )


def _several(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _lower(value: str | list[str]) -> tuple[str, ...]:
    return tuple(word.casefold().strip() for word in _several(value))
