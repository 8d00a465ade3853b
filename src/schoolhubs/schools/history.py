"""One school through the years: what it was before, what it became, its figures."""

import polars as pl

from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.roster.chains import ancestors, descendants, edges
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.school.history import SchoolHistory


def history(register: SchoolRegister, urn: str) -> SchoolHistory:
    """Look up one school and all it grew out of and into.

    Raises
    ------
    DataProblem
        If ``urn`` is not a URN, or no school of the register.
    """
    urn = Urn(urn)
    found = register.schools.filter(pl.col("urn") == urn)
    if found.is_empty():
        raise DataProblem(
            [
                Problem(
                    code="unknown_urn",
                    urn=urn,
                    fault=f"the register as at {register.on} has no school {urn}",
                    remedy="Check the URN, or build the register with a list that has it.",
                )
            ]
        )
    steps = edges(register.links)
    before = ancestors(steps).filter(pl.col("urn") == urn).with_columns(-pl.col("steps"))
    after = descendants(steps).filter(pl.col("urn") == urn)
    itself = pl.DataFrame({"urn": [urn], "relative": [urn], "steps": [0]}, schema=before.schema)
    relatives = pl.concat([before, itself, after]).select(urn="relative", steps="steps")
    named = register.schools.select("urn", "school_name", "opened_on", "closed_on", "status")
    family = (
        relatives.unique("urn", keep="first", maintain_order=True)
        .join(named, on="urn", how="left")
        .sort("steps", "urn")
        .select("urn", "school_name", "steps", "opened_on", "closed_on", "status")
    )
    members = family.select("urn")
    return SchoolHistory(
        urn=urn,
        school=found.row(0, named=True),
        family=family,
        absence=register.absence.join(members, on="urn", how="semi").sort("year", "series", "urn"),
        inspections=register.inspections.join(members, on="urn", how="semi").sort(
            "inspected_on", "known_by", "urn", nulls_last=True
        ),
        trusts=register.trusts.join(members, on="urn", how="semi").sort("joined_on", "urn"),
    )
