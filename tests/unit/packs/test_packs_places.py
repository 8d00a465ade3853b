"""What is said of places that are left is true of the schools without a hub."""

import dataclasses
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs.packs.said.places import places_left
from schoolhubs.packs.tables import tabulate
from schoolhubs.vocabulary.records.matching import Compatibility
from schoolhubs.vocabulary.records.round import Round

SUITS = {"primary": frozenset({"primary"}), "secondary": frozenset({"secondary"})}


@pytest.fixture(name="spare")
def spare_fixture(held: Round) -> Callable[..., Round]:
    """Give a round with five places left at secondary hubs, and schools of one phase without."""

    def spare(without: str, **changes: object) -> Round:
        leads = held.leads["urn"].to_list()
        left = held.result.unmatched["urn"].to_list()
        is_roomy = pl.col("lead_urn") == leads[0]
        hubs = held.result.hubs.with_columns(
            n_places=pl.col("n_matched") + pl.when(is_roomy).then(5).otherwise(0)
        )
        phase = (
            pl.when(pl.col("urn") == leads[0])
            .then(pl.lit("secondary"))
            .when(pl.col("urn").is_in(leads))
            .then(pl.lit("primary"))
            .when(pl.col("urn").is_in(left))
            .then(pl.lit(without))
            .otherwise("phase")
            .alias("phase")
        )
        return dataclasses.replace(
            held,
            schools=held.schools.with_columns(phase),
            decisions=held.decisions.with_columns(phase),
            result=dataclasses.replace(held.result, hubs=hubs),
            rules=dataclasses.replace(held.rules, lead_phases=SUITS, **changes),  # type: ignore[arg-type]
        )

    return spare


def said(held: Round) -> str:
    return places_left(held, tabulate(held).hubs, "enhanced")


def test_places_that_no_school_without_a_hub_may_take_are_not_called_free_for_them(
    spare: Callable[..., Round],
) -> None:
    n = spare("primary").result.unmatched.height
    assert said(spare("primary")) == (
        f"5 places are left, all at secondary hubs; none of the {n} eligible schools without a "
        "hub may take one, since these hubs take only secondary schools"
    )


def test_schools_that_might_take_them_are_counted(spare: Callable[..., Round]) -> None:
    n = spare("secondary").result.unmatched.height
    assert said(spare("secondary")) == (
        f"5 places are left, all at secondary hubs; {n} of the {n} eligible schools without a "
        "hub are of a phase these hubs take, and unmatched.csv says what keeps each out"
    )


def test_only_what_is_told_by_phase_is_said_of_phases(spare: Callable[..., Round]) -> None:
    by_need = spare("primary", compatibility=Compatibility.NEED_TYPE_AND_AGE)
    assert said(by_need) == "5 places are left, all at secondary hubs"


def test_where_every_school_has_a_hub_that_is_said(spare: Callable[..., Round]) -> None:
    held = spare("primary")
    nobody = dataclasses.replace(held.result, unmatched=held.result.unmatched.clear())
    told = said(dataclasses.replace(held, result=nobody))
    assert told.endswith("; no eligible school is left without a hub")


def test_schools_that_may_join_on_another_pathway_only_are_not_counted(
    spare: Callable[..., Round],
) -> None:
    held = spare("secondary")
    left = pl.col("urn").is_in(held.result.unmatched["urn"].to_list())
    other = pl.when(left).then(pl.lit("mentored")).otherwise("pathway").alias("pathway")
    told = said(dataclasses.replace(held, decisions=held.decisions.with_columns(other)))
    assert told.endswith("may join on this pathway")


def test_full_hubs_have_no_place_left(held: Round) -> None:
    full = held.result.hubs.with_columns(n_places="n_matched")
    assert (
        said(dataclasses.replace(held, result=dataclasses.replace(held.result, hubs=full)))
        == "no places are left"
    )
