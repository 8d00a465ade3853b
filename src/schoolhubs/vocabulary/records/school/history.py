"""A school through the years, and all schools' figures as targets read them."""

import dataclasses
import datetime
from typing import Any

import polars as pl


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolHistory:
    """One school with its family: earlier and later schools, absence, inspections, trusts.

    Parameters
    ----------
    urn
        The school asked for.
    school
        Its row of the register.
    family
        ``urn, school_name, steps, opened_on, closed_on, status``: predecessors have negative
        steps, the school itself 0, successors positive ones; oldest first.
    absence, inspections, trusts
        Rows of the register of every school of the family, by year or day.
    """

    urn: str
    school: dict[str, Any]
    family: pl.DataFrame
    absence: pl.DataFrame
    inspections: pl.DataFrame
    trusts: pl.DataFrame

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, days as text."""
        return {
            "urn": self.urn,
            "school": {name: _plain(value) for name, value in self.school.items()},
            **{
                name: [
                    {key: _plain(value) for key, value in row.items()}
                    for row in getattr(self, name).iter_rows(named=True)
                ]
                for name in ("family", "absence", "inspections", "trusts")
            },
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPanel:
    """The figures of all schools by year, each school with those of the schools it grew out of.

    Parameters
    ----------
    on
        The date of the school register they were taken from.
    years, context, national
        frames.SCHOOL_YEARS, frames.SCHOOL_CONTEXT and frames.NATIONAL_ABSENCE.
    sources
        Names of the files, each with its first sixteen digits of sha256.
    """

    on: datetime.date
    years: pl.DataFrame
    context: pl.DataFrame
    national: pl.DataFrame
    sources: tuple[str, ...] = ()
