"""The pictures of a round, each with a claim for a title and a sentence from its own figures."""

import dataclasses

import polars as pl

from schoolhubs import pictures
from schoolhubs.packs.reach import reach
from schoolhubs.packs.said.findings import is_everyone_taken
from schoolhubs.packs.said.places import places_left
from schoolhubs.packs.said.reached import least_reached
from schoolhubs.packs.tables import PackTables
from schoolhubs.packs.words import day, minutes, percent
from schoolhubs.vocabulary.official import series_words
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.words import counted, plain

BIN_MINUTES = 10


def source_line(held: Round, own: str, *reads: str) -> str:
    """Name the files of the pack, and the publications that the figure itself reads.

    Parameters
    ----------
    own
        The pack's own tables.
    reads
        ``"absence"`` and ``"context"`` (roll and intake), each told with series and year.
    """
    named = [name for kind in reads for name in _published(held, kind)]
    series = f" Series: {'; '.join(named)}." if named else ""
    invented = f"Synthetic: invented schools, seed {held.seed}. " if held.is_synthetic else ""
    built = held.register_on or held.on
    seen = "" if built == held.on else f", seen as on {day(held.on)}"
    return f"{invented}{own}; school register as at {day(built)}{seen}.{series}"


def _published(held: Round, kind: str) -> list[str]:
    """Name each series that the applicants' figures are of, with its years."""
    columns = [f"{kind}_series", f"{kind}_year"]
    if not set(columns) <= set(held.schools.columns):
        return []
    read = (
        held.schools.join(held.decisions, on="urn", how="semi")
        .drop_nulls(columns)
        .group_by(columns[0])
        .agg(first=pl.col(columns[1]).min(), last=pl.col(columns[1]).max())
        .sort(columns[0])
    )
    return [
        f"{series_words().get(series, series)} {' to '.join(dict.fromkeys(years))}"
        for series, *years in read.iter_rows()
    ]


def n_topped_up(held: Round) -> int:
    """Count the hubs whose lead school was added by rule."""
    if "is_topped_up" not in held.leads.columns:
        return 0
    return held.leads.filter("is_topped_up")["urn"].n_unique()


def england(held: Round, tables: PackTables, by_region: pl.DataFrame) -> pictures.Picture:
    """Map the schools, the hubs and the journeys to them."""
    places = held.schools.select("urn", "easting", "northing")
    lead_places = places.rename(lambda name: f"lead_{name}")
    journeys = (
        tables.matches.select("urn", "lead_urn", "pathway", "is_exception")
        .join(places, on="urn", maintain_order="left")
        .join(lead_places, on="lead_urn", maintain_order="left")
    )
    hubs = (
        tables.hubs.group_by("lead_urn", "lead_name", "phase", maintain_order=True)
        .agg(pl.col("n_matched").sum())
        .join(lead_places, on="lead_urn", maintain_order="left")
        .rename({"lead_easting": "easting", "lead_northing": "northing"})
    )
    return pictures.england_map(
        held.schools.filter("is_open").select("region", "easting", "northing"),
        hubs,
        journeys,
        tables.unmatched.select("urn").join(places, on="urn", maintain_order="left"),
        _of_england(held, tables),
        table=by_region,
        pathway_names={name: pathway_name(held, name) for name in pathways(held)},
    )


def _of_england(held: Round, tables: PackTables) -> pictures.Caption:
    n_hubs, n_left = tables.hubs["lead_urn"].n_unique(), tables.unmatched.height
    n_matched, n_over = tables.matches.height, int(tables.matches["is_exception"].sum())
    title = f"{counted(n_matched, 'school')} matched to {counted(n_hubs, 'hub')}"
    n_unplaced = held.schools.filter("is_open")["easting"].null_count()
    unplaced = f" {counted(n_unplaced, 'school')} whose place is not known cannot be drawn."
    return pictures.Caption(
        key="map",
        title=title if not n_left else f"{title}, {n_left:,} left without",
        sentence=f"Each line joins a matched school to its hub: {n_matched:,} journeys, of which "
        f"{f'{n_over:,}' if n_over else 'none'} over the limit; "
        f"{counted(n_left, 'eligible school is', 'eligible schools are')} without a hub."
        f"{unplaced if n_unplaced else ''}{_added_by_rule(held, n_hubs)}",
        source=source_line(held, "This round's matches.csv, unmatched.csv and hubs.csv"),
        is_synthetic=held.is_synthetic,
    )


def _added_by_rule(held: Round, n_hubs: int) -> str:
    n = n_topped_up(held)
    was = "was" if n == 1 else "were"
    return f" {n:,} of the {n_hubs:,} hubs {was} added by rule, not appointed." if n else ""


def pathways(held: Round) -> list[str]:
    """List the pathways hubs offer, in the order the round names them, then by name."""
    offered = set(held.result.hubs["pathway"].unique())
    return [*(name for name in held.names if name in offered), *sorted(offered - set(held.names))]


def pathway_name(held: Round, pathway: str) -> str:
    """Give the name a pathway is known by."""
    return held.names.get(pathway, plain(pathway))


def funnel(held: Round) -> pictures.Picture:
    """Draw the steps from applicants to matched schools."""
    total = held.summary()
    placed = total["already_placed"]
    kept = f", {placed:,} with the hub of an earlier cohort" if placed else ""
    waiting = total.get("waiting_for_trust_match", 0)
    wait = f", {waiting:,} waiting for a trust match" if waiting else ""
    is_everyone = is_everyone_taken(held)
    of = "open state schools" if is_everyone else "applicants"
    table = pl.DataFrame(
        {
            "step": [
                "Taken as applicants" if is_everyone else "Applied",
                "May join",
                "Matched to a hub",
            ],
            "schools": [total["applicants"], total["eligible"], total["matched"]],
            "left": [
                "",
                f"{total['not_eligible']:,} may not join, {total['cannot_tell']:,} undecided",
                f"{total['unmatched']:,} without a hub{kept}{wait}",
            ],
        }
    )
    return pictures.charts.funnel(
        table,
        pictures.Caption(
            key="funnel",
            title=f"{total['eligible']:,} of {total['applicants']:,} {of} may join"
            if total["applicants"]
            else "There was nobody to decide on",
            sentence="No application is part of this round."
            if not total["applicants"]
            else f"{percent(total['eligible'], total['applicants'])} of {of} may join "
            f"and {percent(total['matched'], total['eligible'])} of those were matched to a hub.",
            source=source_line(
                held, "This round's decisions.csv and matches.csv", "absence", "context"
            ),
            is_synthetic=held.is_synthetic,
        ),
    )


def ruled_out(held: Round) -> pictures.Picture:
    """Draw how many schools each rule turned away, by the first rule that said no."""
    refused = held.verdicts().filter(pl.col("verdict") == Verdict.NO)
    rule = pl.col("binding_rule").fill_null("rule not recorded")
    table = (
        refused.group_by(rule.alias("rule"))
        .agg(schools=pl.len().cast(pl.Int64))
        .sort("schools", "rule", descending=[True, False])
    )
    named = [held.names.get(name, plain(name)) for name in table["rule"]]
    not_met = [f"Not met: {_within_sentence(name)}" for name in named]
    table = table.with_columns(pl.Series("rule", not_met, dtype=pl.String))
    most = (named[0], table["schools"][0]) if named else ("", 0)
    return pictures.charts.bars(
        table,
        pictures.Caption(
            key="ruled-out",
            title=f"{counted(refused.height, 'applicant')} may not join"
            if table.height
            else "No applicant was refused",
            sentence=f"Most often by the rule “{most[0]}”: {counted(most[1], 'school')}. Each "
            "school is counted once, under the first rule that says no."
            if table.height
            else "No rule said no to any applicant.",
            source=source_line(held, "This round's decisions.csv", "absence", "context"),
            is_synthetic=held.is_synthetic,
        ),
        label="rule",
        value="schools",
    )


def _within_sentence(asks: str) -> str:
    """Begin with a small letter, but keep a name's capital.

    >>> _within_sentence("The school is open"), _within_sentence("Ofsted found it Good")
    ('the school is open', 'Ofsted found it Good')
    """
    return "t" + asks[1:] if asks.startswith("The ") else asks


def reached(held: Round, by: str) -> pictures.Picture:
    """Draw matched schools as part of the eligible ones, by region or phase."""
    table = reach(held, by).filter(pl.col("eligible") + pl.col("matched") > 0)
    title, sentence = least_reached(table, by)
    picture = pictures.charts.bars(
        table.with_columns(put=pl.col("matched") + pl.col("unmatched")),
        pictures.Caption(
            key=f"reach-{by}",
            title=title,
            sentence=sentence,
            source=source_line(
                held,
                "This round's decisions.csv, matches.csv and unmatched.csv",
                "absence",
                "context",
            ),
            is_synthetic=held.is_synthetic,
        ),
        label=by,
        value="matched",
        whole="put",
    )
    return dataclasses.replace(picture, table=table)


def journeys(held: Round, tables: PackTables) -> pictures.Picture:
    """Draw how long the journeys are."""
    limit = held.rules.preferred_maximum_minutes
    travel, n_over = held.summary()["travel_minutes"], int(tables.matches["is_exception"].sum())
    is_any = tables.matches.height > 0
    return pictures.charts.histogram(
        tables.matches["minutes"],
        pictures.Caption(
            key="travel",
            title=f"Half of the journeys take {minutes(travel['median'])} or less"
            if is_any
            else "No journeys to show",
            sentence="Nobody was matched, so nobody travels."
            if not is_any
            else f"One way, the median is {minutes(travel['median'])}, 95% take at most "
            f"{minutes(travel['p95'])}, and the longest takes {minutes(travel['maximum'])}; "
            f"{counted(n_over, 'journey takes', 'journeys take')} more than {limit:g} minutes.",
            source=source_line(
                held,
                f"Minutes: {held.travel_source}, whose band holds "
                f"{100 * held.travel_band_share:.0f}% of real journeys; this round's matches.csv",
            ),
            is_synthetic=held.is_synthetic,
        ),
        step=BIN_MINUTES,
        limit=limit,
        marks={"median": travel["median"], "95%": travel["p95"]} if is_any else {},
        axis="one-way minutes",
        limit_name=f"{limit:g}-minute limit",
    )


def loads(held: Round, tables: PackTables, pathway: str) -> pictures.Picture:
    """Draw how full the hubs of one pathway are."""
    table = tables.hubs.filter(pl.col("pathway") == pathway)
    n_places, n_left = int(table["n_places"].sum()), int(table["n_left"].sum())
    n_full, name = table.filter(pl.col("n_left") == 0).height, pathway_name(held, pathway)
    n_over = table.filter(pl.col("n_over") > 0).height
    whose = "its" if n_over == 1 else "their"
    held_over = f"{counted(n_over, 'hub holds', 'hubs hold')} more schools than {whose} places"
    over = f" {held_over}, {int(table['n_over'].sum()):,} in all." if n_over else ""
    return pictures.charts.load_chart(
        table,
        pictures.Caption(
            key=f"load-{pathways(held).index(pathway) + 1}",
            title=f"{name}: {n_places - n_left:,} of {n_places:,} places are taken",
            sentence=f"{n_full:,} of {counted(table.height, 'hub')} are full, and "
            f"{places_left(held, table, pathway)}.{over}",
            source=source_line(held, "This round's hubs.csv, decisions.csv and unmatched.csv"),
            is_synthetic=held.is_synthetic,
        ),
    )
