"""Small published files for the readers' tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem, Problem

EES_HEADER = (
    "time_period,year_breakdown,geographic_level,region_name,old_la_code,la_name,laestab,urn,"
    "school_type,academy_type,academy_open_date,all_through,enrolments,sess_possible,sess_overall,"
    "sess_authorised,sess_unauthorised,sess_overall_percent,enrolments_pa_10_exact,"
    "enrolments_pa_10_exact_percent"
)
EES_ROW = (
    "201718,six half terms,School,North East,391,Newcastle,3912000,{urn},State-funded primary,"
    ",,,200,{possible},{missed},{missed},0,5.0,{persistent},10.0"
)


def ees(*rows: dict[str, object]) -> str:
    """Give an absence file; each row says what differs from a plain school."""
    plain = {"urn": "108500", "possible": 76000, "missed": 3800, "persistent": 20}
    return "\n".join([EES_HEADER, *(EES_ROW.format(**plain | row) for row in rows)]) + "\n"


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that saves text or bytes under a name and gives the path."""

    def save(content: str | bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return save


@pytest.fixture
def absence() -> Callable[..., str]:
    """Give the maker of absence files."""
    return ees


@pytest.fixture
def problems() -> Callable[..., tuple[Problem, ...]]:
    """Give a function that reads a file which must be refused, and gives what is wrong."""

    def refused(path: Path, **options: object) -> tuple[Problem, ...]:
        with pytest.raises(DataProblem) as caught:
            files.read(path, **options)
        return caught.value.problems

    return refused
