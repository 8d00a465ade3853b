"""Which column of a school's behaviour return holds what: saved, named and checked."""

import dataclasses
import functools
import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.written.stored import read_facts

MOST_BYTES = 100_000
SEE = "docs/how-to/behaviour-return.md shows a mapping."
PUPILS = "_pupils"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMapping:
    """Which column of a return holds what.

    Parameters
    ----------
    layout
        ``pupil``: a row a pupil, and nothing is read that says who. ``group``: a row a group of
        pupils, such as the girls of Year 9, with how many there are.
    columns
        Heading by our own name: measures, ``<measure>_pupils`` (pupils with at least one),
        ``n_pupils`` and groups.
    blank_is_nought
        Measures whose blank cells mean none; elsewhere a blank cell is not known.
    """

    name: str
    layout: Literal["pupil", "group"]
    columns: Mapping[str, str]
    blank_is_nought: tuple[str, ...] = ()
    separator: str = ","
    sheet: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """What is counted, in our order."""
        return tuple(name for name in said()["measures"] if name in self.columns)

    @property
    def cuts(self) -> tuple[str, ...]:
        """What pupils are told apart by, in our order."""
        return tuple(name for name in said()["cuts"] if name in self.columns)


@functools.cache
def said() -> Mapping[str, Any]:
    """Read ``behaviour.yaml`` as it stands.

    >>> list(said()["measures"])[:2]
    ['suspensions', 'permanent_exclusions']
    """
    file = importlib.resources.files(__package__).joinpath("behaviour.yaml")
    read: Mapping[str, Any] = read_facts(file.read_text("utf-8"))
    return read


def read_mapping(path: Path) -> ReturnMapping:
    r"""Read a saved mapping, YAML or JSON.

    Raises
    ------
    DataProblem
        If it is none, has a key that is not known, counts nothing, or lacks the pupils of groups.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ours.yaml"
    ...     _ = path.write_text("name: Ours\nlayout: pupil\ncolumns: {suspensions: Susp}\n")
    ...     read_mapping(path).measures
    ('suspensions',)
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"[]"
        return as_mapping(yaml.safe_load(raw.decode("utf-8-sig")), path.name)
    except (yaml.YAMLError, ValueError, RecursionError, OSError):
        broken = _refused(path.name, "is no YAML or JSON that we read")
    # Raised out here, so that the error does not carry about what YAML quotes of the file.
    raise broken


def as_mapping(given: object, name: str = "mapping") -> ReturnMapping:
    """Check a mapping that was read or typed; ``name`` is what faults call it.

    Raises
    ------
    DataProblem
        As :func:`read_mapping`.
    """
    import jsonschema  # takes longer to import than a return to count

    checked = jsonschema.Draft202012Validator(said()["schema"])
    problems: list[Problem] = []
    for fault in checked.iter_errors(given):
        place = ".".join(map(str, fault.absolute_path)) or "the file"
        problems += _refused(name, f"is not as expected at {place} ({fault.validator})").problems
    if problems or not isinstance(given, dict):
        raise DataProblem(problems)
    columns = given["columns"]
    measures = [each for each in said()["measures"] if each in columns]
    if not measures:
        raise _refused(name, "names no column that counts anything")
    if given["layout"] == "group" and "n_pupils" not in columns:
        raise _refused(name, "names no n_pupils: of how many pupils each row is")
    of_pupils = ["n_pupils", *(f"{each}{PUPILS}" for each in said()["measures"])]
    if given["layout"] == "pupil" and any(each in columns for each in of_pupils):
        raise _refused(name, "names pupils of a row, and every row is one pupil")
    return ReturnMapping(
        name=given["name"], layout=given["layout"], columns=MappingProxyType(dict(columns)),
        blank_is_nought=tuple(given.get("blank_is_nought", ())),
        separator=given.get("separator", ","), sheet=given.get("sheet", ""),
    )  # fmt: skip


def _refused(name: str, fault: str) -> DataProblem:
    problem = Problem(code="mapping_refused", file=name, fault=f"{name} {fault}", remedy=SEE)
    return DataProblem([problem])
