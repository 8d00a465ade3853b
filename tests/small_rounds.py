"""Registers and orders of a handful of secondary schools that meet every rule of Behaviour Hubs."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from schoolhubs import programmes, runs, schools
from schoolhubs.schools.register import PHASE_FIGURES, QUALITY
from schoolhubs.vocabulary import frames

Facts = Callable[..., pl.DataFrame]
ON = datetime.date(2022, 10, 1)
RULES = programmes.load("behaviour-hubs-2021").as_at(ON)
KM_NORTH = 1 / 111  # degrees of latitude


def register(facts: Facts, *rows: Mapping[str, Any]) -> schools.SchoolRegister:
    """Give a register of schools that each differ from a plain one as told."""
    held = facts(*rows).select(list(frames.SCHOOLS.schema))
    links = [
        {"urn": urn, "link_urn": earlier, "link_kind": "predecessor", "established_on": None}
        for urn, predecessors in held.select("urn", "predecessor_urns").drop_nulls().iter_rows()
        for earlier in predecessors
    ]
    return schools.SchoolRegister(
        on=ON,
        schools=held,
        links=frames.LINKS.fill(pl.DataFrame(links, schema=frames.LINKS.schema)),
        absence=frames.ABSENCE.empty(),
        inspections=frames.INSPECTIONS.empty(),
        trusts=frames.TRUSTS.empty(),
        phase_figures=PHASE_FIGURES.empty(),
        quality=QUALITY.empty(),
        sources=(),
    )


def qualifying(held: schools.SchoolRegister) -> schools.SchoolRegister:
    """Give every school a good inspection and an absence as the phase's."""
    urns = held.schools["urn"]
    inspections = pl.DataFrame({"urn": urns}).with_columns(
        inspected_on=pl.lit(datetime.date(2019, 3, 1)),
        framework=pl.lit("overall_grades"),
        overall_grade=pl.lit(2, pl.Int64),
        source=pl.lit("a test file"),
    )
    absence = pl.DataFrame({"urn": urns}).with_columns(
        year=pl.lit("2018/19"),
        series=pl.lit("census"),
        half_terms=pl.lit(6, pl.Int64),
        phase=pl.lit("secondary"),
        sess_overall_percent=pl.lit(5.0),
    )
    national = pl.DataFrame(
        [{"level": "national", "area": "England", "phase": "secondary", "year": "2018/19"}
         | {"series": "census", "sess_overall_percent": 5.5, "how": "published"}]
    )  # fmt: skip
    return dataclasses.replace(
        held,
        inspections=frames.INSPECTIONS.fill(inspections),
        absence=frames.ABSENCE.fill(absence),
        phase_figures=PHASE_FIGURES.fill(national),
    )


def order(
    facts: Facts,
    leads: Mapping[str, tuple[float, int]],
    partners: Mapping[str, float],
    **more: Any,
) -> runs.Order:
    """Give the order of a round in which everybody may join on the core pathway.

    Parameters
    ----------
    leads
        Kilometres to the north and places by URN.
    partners
        Kilometres to the north by URN.
    """
    north = {urn: km for urn, (km, _) in leads.items()} | dict(partners)
    rows = [{"urn": urn, "lat": 51.5 + km * KM_NORTH, "lon": -1.5} for urn, km in north.items()]
    listed = frames.LEADS.fill(pl.DataFrame({"urn": list(leads)})).with_columns(
        capacity_core=pl.Series([str(n) for _, n in leads.values()], dtype=pl.String)
    )
    applied = pl.DataFrame({"urn": list(partners)}).with_columns(
        *(pl.lit(answer).alias(name) for name, answer in ANSWERS.items()), pathway=pl.lit("core")
    )
    applied = applied.with_columns(
        pl.lit(None, dtype=pl.String).alias("programme_id"),
        pl.lit(None, dtype=pl.Date).alias("applied_on"),
    )
    return runs.Order(
        **{
            "rules": RULES,
            "register": qualifying(register(facts, *rows)),
            "leads": listed,
            "applications": applied,
            **more,
        }
    )


ANSWERS = {"leadership_capacity": "yes", "ready_to_change": "yes", "n_senior_leaders": "3"}
