"""The five tables of a round pack, from the round's frames. Minutes are one way, two decimals."""

import dataclasses
import io
import re
from collections.abc import Mapping

import polars as pl

from schoolhubs.vocabulary.records.round import DECISIONS, Round
from schoolhubs.vocabulary.tables import RISKY_STARTS

# In the order of the goals: the first that is not zero is a cost, whatever those after it save.
PRICES = (
    "price_need",
    "price_moved",
    "price_exceptions",
    "price_schools",
    "price_weighted_minutes",
    "price_minutes",
)
CHOICES = ("second", "third")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PackTables:
    """The tables as they are written: ``matches``, ``unmatched`` and ``decisions`` by URN.

    ``placed`` has the schools that keep an earlier place.
    """

    decisions: pl.DataFrame
    matches: pl.DataFrame
    unmatched: pl.DataFrame
    hubs: pl.DataFrame
    placed: pl.DataFrame

    @classmethod
    def read(cls, files: Mapping[str, str | bytes]) -> "PackTables":
        """Read the tables of a pack back from its files, by their names.

        Text is text again as it was; a table that an earlier pack did not have is empty.

        Raises
        ------
        KeyError
            If another table is not among the files.
        """
        return cls(
            decisions=_read(files["decisions.csv"]),
            matches=_read(files["matches.csv"]),
            unmatched=_read(files["unmatched.csv"]),
            hubs=_read(files["hubs.csv"]),
            placed=_read(files.get("placed.csv", ",".join(_PLACED_COLUMNS))),
        )


def tabulate(held: Round) -> PackTables:
    """Join names and reasons to what was decided and matched."""
    schools = _schools(held)
    options = _options(held)
    matches = _matches(held, schools, options)
    return PackTables(
        decisions=_decisions(held),
        matches=matches,
        unmatched=_unmatched(held, schools, options),
        hubs=_hubs(held, schools, matches),
        placed=_placed(held, schools),
    )


def _read(held: str | bytes) -> pl.DataFrame:
    """Give numbers and flags their types back, and take the apostrophe off risky text."""
    text = pl.read_csv(
        io.BytesIO(held.encode() if isinstance(held, str) else held), infer_schema=False
    )
    risky = f"^'([{''.join(map(re.escape, RISKY_STARTS))}])"
    types = {
        name: _type(name) for name in text.columns if _type(name) != pl.String
    }  # fmt: skip
    return text.with_columns(
        (pl.col(name) == "true") if kind == pl.Boolean else pl.col(name).cast(kind)
        for name, kind in types.items()
    ).with_columns(pl.col(pl.String).str.replace(risky, "$1"))


def _type(name: str) -> pl.DataType:
    """Tell the type of a column of a pack by its name, whose endings are its units."""
    if name.startswith(("is_", "has_")):
        return pl.Boolean()
    if name.startswith("n_") or name in ("need_weight", "asked_rank"):
        return pl.Int64()
    if name.endswith(("price_need", "price_exceptions", "price_schools", "price_moved")):
        return pl.Int64()
    if name in _NUMBERS or name.endswith(("_minutes", "_percent")):
        return pl.Float64()
    return pl.String()


def _schools(held: Round) -> pl.DataFrame:
    """Name every school; a lead that the register does not know keeps the name it was given."""
    known = held.schools.select("urn", "school_name", "phase", "region", *_STANDING)
    if "school_name" not in held.leads.columns:
        return known
    strangers = held.leads.join(known, on="urn", how="anti").unique("urn", maintain_order=True)
    return pl.concat([known, strangers.select("urn", "school_name")], how="diagonal")


def _lead_names(schools: pl.DataFrame, prefix: str = "") -> pl.DataFrame:
    urn, name = f"{prefix}lead_urn", f"{prefix}lead_name"
    return schools.select(pl.col("urn").alias(urn), pl.col("school_name").alias(name))


def _decisions(held: Round) -> pl.DataFrame:
    first = list(DECISIONS.schema)
    others = [name for name in held.decisions.columns if name not in first]
    return held.decisions.select(*first, *others).sort("urn", maintain_order=True)


def _options(held: Round) -> pl.DataFrame:
    """Number the lead schools that a school was not given, best first, from 0."""
    given = held.result.matches.select("urn", "lead_urn", "pathway")
    return (
        held.alternatives.join(given, on=["urn", "lead_urn", "pathway"], how="anti")
        .sort("urn", "rank")
        .with_columns(nth=pl.int_range(pl.len()).over("urn"))
    )


def _nth_option(options: pl.DataFrame, schools: pl.DataFrame, nth: int, name: str) -> pl.DataFrame:
    columns = ("lead_urn", "minutes", "blocked_by", *PRICES)
    renamed = {column: f"{name}_{column}" for column in columns}
    row = options.filter(pl.col("nth") == nth).select("urn", *columns).rename(renamed)
    return row.join(_lead_names(schools, f"{name}_"), on=f"{name}_lead_urn", how="left").select(
        "urn", f"{name}_lead_urn", f"{name}_lead_name", pl.exclude("urn", "^.*_lead_.*$")
    )


def _matches(held: Round, schools: pl.DataFrame, options: pl.DataFrame) -> pl.DataFrame:
    whole = held.result.matches.join(schools, on="urn", how="left").join(
        _lead_names(schools), on="lead_urn", how="left"
    )
    for nth, name in enumerate(CHOICES):
        whole = whole.join(_nth_option(options, schools, nth, name), on="urn", how="left")
    whole = whole.with_columns(travel_source=pl.lit(held.travel_source))
    names = [f"{choice}_{column}" for choice in CHOICES for column in _OPTION_COLUMNS]
    return _rounded(whole.select(*_MATCH_COLUMNS, *names)).sort("urn")


def _unmatched(held: Round, schools: pl.DataFrame, options: pl.DataFrame) -> pl.DataFrame:
    whole = held.result.unmatched.join(schools, on="urn", how="left").join(
        _lead_names(schools, "nearest_"), on="nearest_lead_urn", how="left"
    )
    for nth, name in enumerate(("first", "second")):
        whole = whole.join(_nth_option(options, schools, nth, name), on="urn", how="left")
    names = [f"{choice}_{column}" for choice in ("first", "second") for column in _OPTION_COLUMNS]
    return _rounded(whole.select(*_UNMATCHED_COLUMNS, *names)).sort("urn")


def _hubs(held: Round, schools: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    journeys = matches.group_by("lead_urn", "pathway").agg(
        median_minutes=pl.col("minutes").median(),
        maximum_minutes=pl.col("minutes").max(),
        n_exceptions=pl.col("is_exception").sum().cast(pl.Int64),
    )
    topped = pl.col("is_topped_up") if "is_topped_up" in held.leads.columns else pl.lit(None)
    added = held.leads.unique("urn", maintain_order=True).select(
        lead_urn="urn", is_topped_up=topped.cast(pl.Boolean)
    )
    facts = schools.rename({"urn": "lead_urn", "school_name": "lead_name"})
    used = pl.col("n_running") + pl.col("n_matched")
    return _rounded(
        held.result.hubs.join(facts, on="lead_urn", how="left")
        .join(added, on="lead_urn", how="left")
        .join(journeys, on=["lead_urn", "pathway"], how="left")
        .with_columns(
            pl.col("n_exceptions").fill_null(0),
            n_left=(pl.col("n_places") - used).clip(0),
            n_over=(used - pl.col("n_places")).clip(0),
            used_percent=100 * used / pl.when(pl.col("n_places") > 0).then("n_places"),
        )
        .select(_HUB_COLUMNS)
    ).sort("lead_urn", "pathway")


def _placed(held: Round, schools: pl.DataFrame) -> pl.DataFrame:
    kept = held.result.already_placed
    if not kept.width:
        return pl.DataFrame(schema=dict.fromkeys(_PLACED_COLUMNS, pl.String))
    return (
        kept.join(schools, on="urn", how="left")
        .join(_lead_names(schools), on="lead_urn", how="left")
        .select(_PLACED_COLUMNS)
        .sort("urn", "started_on", "lead_urn")
    )


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep two decimals, far finer than any estimate of minutes is good for."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    return frame.with_columns(pl.col(name).cast(pl.Float64).round(2) for name in floats)


# Whose place and figures they are: a successor's place, and the year of roll and context figures.
_STANDING = ("is_placed_at_successor", "context_year")
_OPTION_COLUMNS = ("lead_urn", "lead_name", "minutes", "blocked_by", *PRICES)
_MATCH_COLUMNS = (
    "urn",
    "school_name",
    "phase",
    "region",
    "pathway",
    "lead_urn",
    "lead_name",
    "minutes",
    "minutes_low",
    "minutes_high",
    "travel_source",
    "is_exception",
    "exception_reason",
    "not_known",
    "is_straddling_limit",
    "is_ferry",
    "is_pinned",
    "need_weight",
    *_STANDING,
)
_UNMATCHED_COLUMNS = (
    "urn",
    "school_name",
    "phase",
    "region",
    "need_weight",
    "reason",
    "nearest_lead_urn",
    "nearest_lead_name",
    "nearest_minutes",
    *_STANDING,
)
_PLACED_COLUMNS = (
    "urn",
    "school_name",
    "phase",
    "region",
    "pathway",
    "lead_urn",
    "lead_name",
    "started_on",
    "finished_on",
)
_NUMBERS = ("minutes", "minutes_low", "minutes_high")
_HUB_COLUMNS = (
    "lead_urn",
    "lead_name",
    "phase",
    "region",
    "is_topped_up",
    "pathway",
    "n_places",
    "n_running",
    "n_matched",
    "n_left",
    "n_over",
    "used_percent",
    "median_minutes",
    "maximum_minutes",
    "n_exceptions",
)
