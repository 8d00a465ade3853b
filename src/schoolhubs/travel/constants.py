"""The fitted constants of the estimate, each with its unit and source."""

import dataclasses
import functools
from importlib import resources

import yaml


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What ``data/constants.yaml`` holds; see there for units, sources and fit."""

    version: str
    values: dict[str, float]

    def __getitem__(self, name: str) -> float:
        """Give one constant by its name."""
        return self.values[name]


@functools.cache
def constants() -> Constants:
    """Read the constants shipped with the package.

    Examples
    --------
    >>> constants()["knee_km"] > 0
    True
    """
    file = resources.files("schoolhubs.travel") / "data" / "constants.yaml"
    stored = yaml.safe_load(file.read_text(encoding="utf-8"))
    values = {name: float(entry["value"]) for name, entry in stored["constants"].items()}
    return Constants(version=str(stored["version"]), values=values)
