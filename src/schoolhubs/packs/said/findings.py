"""What a round found, in plain sentences made of its own figures."""

from collections.abc import Mapping, Sequence

import polars as pl

from schoolhubs.packs.words import (
    NOTHING,
    Heading,
    TableView,
    in_order,
    listed,
    minutes,
    percent,
    phase_name,
    pounds,
    sentence_case,
)
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.matching import FloorResult, GoalResult
from schoolhubs.vocabulary.records.round import Round, RoundBudget
from schoolhubs.vocabulary.words import counted, nobody_applied, plain


def in_brief(held: Round) -> tuple[str, ...]:
    """Say who may join, who was matched, how far they travel, and whether it is proved."""
    total = held.summary()
    if not total["applicants"]:
        return f"{_who_applied(held, 0)}.", proof(held)
    travel, limit = total["travel_minutes"], held.rules.preferred_maximum_minutes
    n_hubs = held.result.hubs["lead_urn"].n_unique()
    said = [
        (
            f"{_who_applied(held, total['applicants'])}. {total['eligible']:,} may join and "
            f"{total['not_eligible']:,} may not; {_undecided(held, total['cannot_tell'])}."
        ),
        (
            f"{total['matched']:,} of the {total['eligible']:,} that may join "
            f"({percent(total['matched'], total['eligible'])}) were matched to "
            f"{counted(n_hubs, 'hub')}; {total['unmatched']:,} could not be."
        ),
    ]
    if total["already_placed"]:
        placed = counted(total["already_placed"], "eligible school keeps", "eligible schools keep")
        said.append(f"{placed} the hub of an earlier cohort.")
    if n := total.get("waiting_for_trust_match", 0):
        said.append(_waiting(held, n))
    if total["matched"]:
        said.append(
            f"Half of the journeys take {minutes(travel['median'])} or less, one way; 95% take "
            f"{minutes(travel['p95'])} or less, and the longest takes "
            f"{minutes(travel['maximum'])}."
        )
        over = counted(total["exceptions_over_limit"], "journey takes", "journeys take")
        reasons = ", each recorded with its reason" if total["exceptions_over_limit"] else ""
        said.append(f"{over} more than {limit:g} minutes{reasons}.")
    return tuple(sentence_case(sentence) for sentence in [*said, proof(held)])


def is_everyone_taken(held: Round) -> bool:
    """Tell whether nobody applied and every open state school was taken as an applicant."""
    return any(
        one.where == "applications" and one.value.startswith("every open state school")
        for one in held.assumptions
    )


def _who_applied(held: Round, n: int) -> str:
    if not n:
        return nobody_applied(held.on, held.n_later_applications)
    if not is_everyone_taken(held):
        return f"{counted(n, 'school')} applied"
    return counted(
        n, "open state school was taken as applicant", "open state schools were taken as applicants"
    )


def _undecided(held: Round, n: int) -> str:
    """Count the schools that no pathway could be told for, then the verdicts open on each."""
    waiting = held.decisions.filter(pl.col("verdict") == Verdict.CANNOT_TELL)
    counts = dict(waiting.group_by("pathway").len().iter_rows())
    if not counts:
        return "all could be decided"
    known = [pathway for pathway in held.names if pathway in counts]
    each = listed(
        f"{counts[pathway]:,} on {held.names.get(pathway, plain(pathway))}"
        for pathway in (*known, *sorted(set(counts) - set(known)))
    )
    if not n:
        return f"all could be decided on at least one pathway, with {each} undecided"
    apart = "" if held.decisions["pathway"].n_unique() == 1 else f" ({each} undecided)"
    return f"for {n:,} the records at hand do not tell{apart}"


def _waiting(held: Round, n: int) -> str:
    """Say who waits for trusts to be paired, and that others who speak for a trust do not."""
    waits = counted(n, "eligible school waits", "eligible schools wait")
    said = f"{waits} for trusts to be paired, which is done apart from this match"
    n_speaking = held.decisions.filter(
        pl.col("verdict") == Verdict.YES, pl.col("pathway").is_in(list(held.trust_pathways))
    )["urn"].n_unique()
    if n_others := n_speaking - n:
        other = f"other {n_others:,}" if n_others > 1 else "one other"
        are, schools = ("are", "single schools") if n_others > 1 else ("is", "a single school")
        said += (
            f"; the {other} of the {n_speaking:,} that speak for a trust {are} counted above, "
            f"as {schools}"
        )
    return f"{said}."


def proof(held: Round) -> str:
    """Say what is proved of the match, and how far it may be from the best."""
    total = held.summary()
    if not total["matched"] + total["unmatched"]:
        return "Nobody was put to the match, so there is nothing to prove of it."
    least = f"fewer than {total['lower_bound_minutes']:,.0f}, a gap of {total['gap_percent']:.2g}%"
    cost = (
        f"All journeys together take {total['total_minutes']:,.0f} minutes one way; with the "
        f"earlier goals met, no match could take {least if total['gap_percent'] else 'fewer'}."
    )
    if total["is_proven_optimal"]:
        return (
            f"{cost} The match is proved best: every goal, in the order taken, reached its bound."
        )
    return f"{cost} The match is not proved best: at least one goal fell short of its bound."


def travel_table(held: Round) -> TableView:
    """Lay out the journeys in a handful of figures."""
    total, matches = held.summary(), held.result.matches
    travel, limit = total["travel_minutes"], held.rules.preferred_maximum_minutes
    return _two_columns(
        "Journeys in brief, one way",
        {
            "Journeys": f"{matches.height:,}",
            "Median": minutes(travel["median"]) if matches.height else NOTHING,
            "95% take at most": minutes(travel["p95"]) if matches.height else NOTHING,
            "Longest": minutes(travel["maximum"]) if matches.height else NOTHING,
            f"Over {limit:g} minutes": f"{total['exceptions_over_limit']:,}",
            "Too close to that limit to call": f"{matches['is_straddling_limit'].sum():,}",
            "By ferry": f"{matches['is_ferry'].sum():,}",
        },
    )


def load_table(hubs: pl.DataFrame, name: str) -> TableView:
    """Lay out the places of one pathway by the phase of the hubs.

    Parameters
    ----------
    hubs
        The pathway's rows of ``PackTables.hubs``.
    name
        The pathway's display name.
    """
    sums = {
        "hubs": pl.len(),
        "places": pl.col("n_places").sum(),
        "taken": (pl.col("n_running") + pl.col("n_matched")).sum(),
        "free": pl.col("n_left").sum(),
    }
    by_phase = {phase: row for phase, *row in hubs.group_by("phase").agg(**sums).iter_rows()}
    rows = [(phase_name(phase), by_phase[phase]) for phase in in_order(by_phase, "phase")]
    if len(rows) > 1:
        rows.append(("All", list(hubs.select(**sums).row(0))))
    heads = ("Hubs by phase", "Hubs", "Places", "Taken", "Free")
    return TableView(
        caption=f"{name}: places by phase of the hubs",
        headings=tuple(Heading(words=head, is_numeric=at > 0) for at, head in enumerate(heads)),
        rows=tuple((name, *(f"{n:,}" for n in row)) for name, row in rows),
    )


def pathways_table(held: Round) -> TableView:
    """Lay out the verdicts on each pathway; a school may be decided on several."""
    counts = {
        (pathway, verdict): n
        for pathway, verdict, n in held.decisions.group_by("pathway", "verdict").len().iter_rows()
    }
    named = sorted({pathway for pathway, _ in counts})
    known = [pathway for pathway in held.names if pathway in named]
    heads = ("Pathway", "Yes", "No", "Cannot tell")
    return TableView(
        caption="Verdicts on each pathway",
        headings=tuple(Heading(words=head, is_numeric=at > 0) for at, head in enumerate(heads)),
        rows=tuple(
            (
                held.names.get(pathway, plain(pathway)),
                *(f"{counts.get((pathway, verdict), 0):,}" for verdict in _VERDICTS),
            )
            for pathway in (*known, *(each for each in named if each not in known))
        ),
    )


_VERDICTS = (Verdict.YES, Verdict.NO, Verdict.CANNOT_TELL)


def _two_columns(caption: str, figures: Mapping[str, str]) -> TableView:
    return TableView(
        caption=caption,
        headings=(
            Heading(words="Measure", is_numeric=False),
            Heading(words="Figure", is_numeric=True),
        ),
        rows=tuple(figures.items()),
    )


def goals_table(goals: tuple[GoalResult, ...]) -> TableView:
    """Lay out each goal with its value, the bound that no match can pass, and the gap."""
    numeric = ("Value", "Bound", "Gap", "Seconds")
    heads = ("Goal", *numeric[:3], "Unit", numeric[3])
    return TableView(
        caption="Goals in the order they were taken",
        headings=tuple(Heading(words=head, is_numeric=head in numeric) for head in heads),
        rows=tuple(
            (
                sentence_case(goal.goal),
                f"{goal.value:,.10g}" if goal.value == int(goal.value) else f"{goal.value:,.1f}",
                f"{goal.bound:,.10g}" if goal.bound == int(goal.bound) else f"{goal.bound:,.1f}",
                _gap(goal),
                goal.unit,
                f"{goal.seconds:.2f}",
            )
            for goal in goals
        ),
    )


def _gap(goal: GoalResult) -> str:
    apart = abs(goal.value - goal.bound)
    if apart == 0:
        return "none"
    largest = max(abs(goal.value), abs(goal.bound))
    return f"{100 * apart / largest:.3g}%"


def floors_table(floors: Sequence[FloorResult]) -> TableView:
    """Lay out what the floors asked for each group, and what held a group back."""
    heads = ("Group", "Schools", "Matched", "Asked for", "Most possible")
    rows = tuple(
        (
            floor.group,
            *(f"{n:,}" for n in (floor.n_partners, floor.n_matched, floor.n_wanted, floor.n_floor)),
            _held_back(floor),
        )
        for floor in floors
    )
    return TableView(
        caption="Floors: the fewest schools each group should have matched",
        headings=(
            *(Heading(words=head, is_numeric=head != "Group") for head in heads),
            Heading(words="What held it back", is_numeric=False),
        ),
        rows=rows,
    )


def _held_back(floor: FloorResult) -> str:
    if floor.binding_lead_urns:
        leads = counted(len(floor.binding_lead_urns), "lead school")
        if not floor.n_binding_places:
            return f"The {leads} within reach offer no place"
        return f"All {counted(floor.n_binding_places, 'place')} within reach, at {leads}, are taken"
    if floor.n_floor >= floor.n_wanted:
        return "Nothing: the floor is reached"
    return f"No lead school may take {'more of ' if floor.n_floor else ''}its schools"


def budget_sentences(budget: RoundBudget) -> tuple[str, ...]:
    """Say what the lines add up to, whether that fits, and the rate at which it just would."""
    said = []
    unpriced = [line for line in budget.lines if line.rate_pence is None]
    if len(unpriced) < len(budget.lines):
        said.append(f"The lines with a rate add up to {pounds(budget.amount_pence)}.")
    if budget.available_pence is None:
        return (*said, "No budget was published to hold this against.")
    left = budget.available_pence - budget.amount_pence
    fits = f"{pounds(left)} less than" if left > 0 else f"{pounds(-left)} more than"
    if len(said):
        fits = "exactly" if left == 0 else fits
        said.append(f"That is {fits} the {pounds(budget.available_pence)} there is.")
    n_days = sum(line.quantity for line in budget.lines if line.unit == "days")
    if n_days and budget.available_pence:
        said.append(
            f"If nothing else were paid for, {pounds(budget.available_pence)} would buy "
            f"{n_days:,.0f} days at {pounds(round(budget.available_pence / n_days))} each."
        )
    return tuple(said)


def budget_table(budget: RoundBudget) -> TableView:
    """Lay out the arithmetic: quantity times rate is amount, line by line, with sources."""
    heads = ("Line", "Quantity", "Rate", "Amount", "Status", "Source")
    return TableView(
        caption="Budget arithmetic",
        headings=tuple(Heading(words=head, is_numeric=head in heads[1:4]) for head in heads),
        rows=tuple(
            (
                f"{line.label} ({line.working})" if line.working else line.label,
                f"{line.quantity:,.10g} {line.unit}",
                pounds(line.rate_pence),
                pounds(line.amount_pence) if line.amount_pence is not None else "–",
                "Assumed" if line.is_assumed else "Published",
                line.source,
            )
            for line in budget.lines
        ),
    )
