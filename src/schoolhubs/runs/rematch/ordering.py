"""Takes out of a round what fell away: leads that withdrew, barred pairs, places that closed."""

import dataclasses
import datetime
from collections.abc import Collection, Iterator

import polars as pl

from schoolhubs.runs.rematch import open_places
from schoolhubs.runs.workings import Workings
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.words import counted

NAMED = 5  # schools named in a sentence before the rest are counted
PAIR = ("partner_urn", "lead_urn")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """What fell away since a round was matched.

    Parameters
    ----------
    withdrawn
        Lead schools that lead no hub any more.
    bars
        frames.OVERRIDES to be heeded from now on, as a rule bans.
    places
        frames.CAPACITY: places of some leads as they are now.
    partnerships
        frames.PARTNERSHIPS as they stand now, agreed ones among them; None for those of the round.
    proposed
        frames.PARTNERSHIPS of what is proposed and not agreed yet, each with its days.
    left
        Applicants of the round that take part no longer; nothing is said of them any more.
    """

    withdrawn: tuple[str, ...] = ()
    bars: pl.DataFrame = dataclasses.field(default_factory=frames.OVERRIDES.empty)
    places: pl.DataFrame = dataclasses.field(default_factory=frames.CAPACITY.empty)
    partnerships: pl.DataFrame | None = None
    proposed: pl.DataFrame = dataclasses.field(default_factory=frames.PARTNERSHIPS.empty)
    left: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The workings of the re-match, and in sentences what was done to those of the round."""

    workings: Workings
    notes: tuple[str, ...]


def ordered(
    workings: Workings,
    matches: pl.DataFrame,
    fallen: Fallen,
    *,
    keep_others: bool,
    may_lose_place: bool,
    starts_on: datetime.date | None = None,
) -> Ordered:
    """Give the workings of a re-match.

    Parameters
    ----------
    workings, matches
        Of the round: what its match was made from, and ``urn, lead_urn, pathway`` of its answer.
    keep_others, may_lose_place
        As for ``matching.rematch``.
    starts_on
        First day of what is newly matched, where that is after the day of the round.

    Raises
    ------
    DataProblem
        If a school that withdraws, or whose places are told, leads no hub of the round.
    """
    if problems := [*_no_leads(workings, fallen), *_no_slots(workings, fallen)]:
        raise DataProblem(problems, outcome="Nothing was matched.")
    takes_part = ~pl.col("urn").is_in(list(fallen.left))
    matches = matches.filter(takes_part)
    workings = dataclasses.replace(workings, partners=workings.partners.filter(takes_part))
    stays = ~pl.col("lead_urn").is_in(list(fallen.withdrawn))
    stand = workings.partnerships if fallen.partnerships is None else fallen.partnerships
    stand = frames.PARTNERSHIPS.fill(stand)
    is_gone = ~stays | _is_one_of(_barred(fallen.bars))
    current, others = _current(workings, matches, stand.with_columns(is_gone=is_gone))
    pins = workings.overrides.filter(pl.col("kind") == "pin")
    lost_pins = pins.filter(is_gone | pl.col("partner_urn").is_in(list(fallen.left)))
    kept_orders = workings.overrides.join(lost_pins, on=[*PAIR, "kind"], how="anti")
    capacity = _capacity(workings.capacity.filter(stays), fallen.places)
    starts_on = starts_on or workings.starts_on
    starts_on = starts_on if starts_on and starts_on > workings.on else None
    if starts_on:
        capacity, current = open_places.counted(
            capacity, current, stand.filter(~is_gone),
            fallen.proposed.filter(~_is_one_of(_barred(fallen.bars))),
            starts_on=starts_on, duration_terms=workings.rules.duration_terms,
        )  # fmt: skip
    return Ordered(
        workings=dataclasses.replace(
            workings,
            leads=workings.leads.filter(~pl.col("urn").is_in(list(fallen.withdrawn))),
            capacity=capacity,
            starts_on=starts_on,
            partnerships=others,
            overrides=pl.concat([kept_orders, frames.OVERRIDES.fill(fallen.bars)]),
            current=current,
            keep_others=keep_others,
            may_lose_place=may_lose_place,
        ),
        notes=(
            *_starts_later(starts_on),
            *_notes(workings, fallen, lost_pins, stand.filter(is_gone)),
        ),
    )


def _no_leads(workings: Workings, fallen: Fallen) -> Iterator[Problem]:
    leads = set(workings.leads["urn"])
    for urn in sorted(set(fallen.withdrawn) - leads):
        yield Problem(
            code="not_a_lead_here",
            urn=urn,
            fault=f"{urn} leads no hub of this round, so it cannot withdraw from it",
            remedy="hubs.csv of the round lists those that do. Check the URN.",
        )


def _no_slots(workings: Workings, fallen: Fallen) -> Iterator[Problem]:
    known = set(workings.capacity.select("lead_urn", "pathway").iter_rows())
    for row in fallen.places.iter_rows(named=True):
        if (row["lead_urn"], row["pathway"]) not in known or row["n_places"] < 0:
            yield Problem(
                code="no_such_places",
                urn=row["lead_urn"],
                value=str(row["n_places"]),
                fault=f"{row['n_places']} places on {row['pathway']} at {row['lead_urn']} are none "
                "that the round has",
                remedy="hubs.csv lists leads and pathways; places are 0 or more.",
            )


def _barred(bars: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs that are kept apart, conflicts both ways round."""
    bans = bars.filter(pl.col("kind") != "pin").select(PAIR)
    turned = bars.filter(pl.col("kind") == "conflict").select(
        partner_urn="lead_urn", lead_urn="partner_urn"
    )
    return pl.concat([bans, turned]).unique()


def _is_one_of(pairs: pl.DataFrame) -> pl.Expr:
    named = [f"{partner} {lead}" for partner, lead in pairs.iter_rows()]
    return pl.concat_str(*PAIR, separator=" ").is_in(named)


def _current(
    workings: Workings, matches: pl.DataFrame, stand: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the plan as it stands, and the partnerships that are no part of it.

    A partnership that is a match of the round is held in its place; one that fell away leaves
    its school displaced, whether the round had matched it or an earlier one.
    """
    plan = matches.select("urn", "lead_urn", "pathway")
    as_plan = stand.select(urn="partner_urn", lead_urn="lead_urn", pathway="pathway")
    key = ["urn", "lead_urn", "pathway"]
    agreed = stand.with_columns(urn="partner_urn").join(plan, on=key, how="semi")
    held = agreed.filter(~pl.col("is_gone")).select(key).unique()
    runs_on = pl.col("finished_on").is_null() | (pl.col("finished_on") > workings.on)
    fell = as_plan.filter(stand.select(pl.col("is_gone") & runs_on).to_series())
    fell = fell.join(workings.partners, on="urn", how="semi").join(plan, on="urn", how="anti")
    rest = stand.with_columns(urn="partner_urn").join(plan, on=key, how="anti")
    rest = rest.filter(~pl.col("is_gone"))
    still = rest["urn"].to_list()
    fell = fell.filter(~pl.col("urn").is_in(still)).unique("urn", keep="first", maintain_order=True)
    is_held = pl.concat_str(key, separator=" ").is_in(
        held.select(pl.concat_str(key, separator=" ")).to_series().to_list()
    )
    current = pl.concat([plan, fell.select(key)]).with_columns(is_held=is_held).sort("urn")
    return current, frames.PARTNERSHIPS.fill(rest)


def _capacity(capacity: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    slot = ["lead_urn", "pathway"]
    told = places.select(*slot, pl.col("n_places").alias("_told"))
    return (
        capacity.join(told, on=slot, how="left", maintain_order="left")
        .with_columns(pl.coalesce("_told", "n_places").cast(pl.Int64).alias("n_places"))
        .select("lead_urn", "pathway", "n_places", n_open=pl.lit(None, dtype=pl.Int64))
    )


def _starts_later(starts_on: datetime.date | None) -> Iterator[str]:
    if starts_on:
        yield (
            f"What is new in it starts on {starts_on.day} {starts_on:%B %Y}; places are counted "
            "over the terms from then."
        )


def _notes(
    workings: Workings, fallen: Fallen, lost_pins: pl.DataFrame, fell: pl.DataFrame
) -> Iterator[str]:
    if lost_pins.height:
        named = [f"{partner} to {lead}" for partner, lead in lost_pins.select(PAIR).iter_rows()]
        yield f"{counted(len(named), 'pin falls', 'pins fall')} away: {_some(named)}."
    strangers = sorted(set(fell["partner_urn"]) - set(workings.partners["urn"]))
    if strangers:
        has = counted(len(strangers), "school was", "schools were")
        yield (
            f"{has} in a partnership that fell away and did not apply to this round: "
            f"{_some(strangers)}. A later round has to place them."
        )
    partners = set(workings.partners["urn"])
    idle = [urn for urn in fallen.bars["partner_urn"].unique().sort() if urn not in partners]
    if idle:
        yield f"Bars name schools that were not put to this match: {_some(idle)}."


def _some(named: Collection[str]) -> str:
    shown = list(named)[:NAMED]
    more = len(named) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
