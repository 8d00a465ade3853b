"""Reading a plan from a file."""

from pathlib import Path

import yaml

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan

LARGEST = 1_000_000


def read_plan(path: Path) -> ActionPlan:
    """Read a plan from YAML or JSON, in the words of :class:`ActionPlan`.

    Raises
    ------
    DataProblem
        If the file is none of these, larger than a megabyte, or says what no plan says.
    """
    if path.stat().st_size > LARGEST:
        raise _refused(path, "is larger than a megabyte, and no plan is")
    try:
        # ISO dates are read as days, all else as plain values; nothing is ever built from a tag.
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise _refused(path, "is no text in UTF-8") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = str(getattr(error, "problem", "") or "cannot be read")
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise _refused(path, f"is no YAML: {said}{where}") from error
    return ActionPlan.from_dict(given)


def _refused(path: Path, fault: str) -> DataProblem:
    problem = Problem(
        code="not_read", file=path.name, fault=f"the file {fault}",
        remedy="See docs/how-to/write-a-plan.md for a plan that can be read.",
    )  # fmt: skip
    return DataProblem([problem], outcome="The plan was not read.")
