"""The errors of a file that cannot be opened."""

from pathlib import Path

from schoolhubs.vocabulary.errors import DataProblem, Problem


def fault(path: Path, code: str, text: str, remedy: str, **place: object) -> DataProblem:
    """Make the error of one fault in a file."""
    return DataProblem(
        [Problem(code=code, file=path.name, fault=text, remedy=remedy, **place)]  # type: ignore[arg-type]
    )


def damaged(path: Path, packing: str, error: Exception) -> DataProblem:
    """Make the error of an archive that cannot be unpacked."""
    text = f"the {packing} archive is damaged or cut short ({error})"
    return fault(path, "damaged_archive", text, "Fetch it again from its publisher.")
