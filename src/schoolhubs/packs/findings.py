"""What a round found, in plain sentences made of its own figures."""

from schoolhubs.packs.words import Heading, TableView, counted, minutes, percent, pounds
from schoolhubs.vocabulary.records.matching import GoalResult
from schoolhubs.vocabulary.records.round import Round, RoundBudget


def in_brief(held: Round) -> tuple[str, ...]:
    """Say who may join, who was matched, how far they travel, and whether it is proved."""
    total = held.summary()
    travel, limit = total["travel_minutes"], held.rules.preferred_maximum_minutes
    n_hubs = held.result.hubs["lead_urn"].n_unique()
    said = [
        (
            f"{counted(total['applicants'], 'school')} applied. {total['eligible']:,} may join, "
            f"{total['not_eligible']:,} may not, and for {total['cannot_tell']:,} the published "
            "records do not tell."
        ),
        (
            f"{total['matched']:,} of the {total['eligible']:,} that may join "
            f"({percent(total['matched'], total['eligible'])}) were matched to "
            f"{counted(n_hubs, 'hub')}; {total['unmatched']:,} could not be."
        ),
    ]
    apart = total["eligible"] - total["matched"] - total["unmatched"]
    if apart > 0:
        said.append(f"{counted(apart, 'eligible school')} did not take part in the matching.")
    if total["matched"]:
        said.append(
            f"Half of the journeys take {minutes(travel['median'])} or less, one way; 95% take "
            f"{minutes(travel['p95'])} or less, and the longest takes "
            f"{minutes(travel['maximum'])}. "
            f"{counted(total['exceptions_over_limit'], 'journey')} over {limit:g} minutes, each "
            "recorded with its reason.".replace("no journeys over", "no journeys are over")
        )
    return tuple(sentence[:1].upper() + sentence[1:] for sentence in [*said, proof(held)])


def proof(held: Round) -> str:
    """Say what is proved of the match, and how far it may be from the best."""
    total = held.summary()
    cost = (
        f"All journeys together take {total['total_minutes']:,.0f} minutes one way; with the "
        f"earlier goals met, no match could take fewer than "
        f"{total['lower_bound_minutes']:,.0f} (a gap of {total['gap_percent']:.2f}%)."
    )
    if total["is_proven_optimal"]:
        return (
            f"{cost} The match is proved best: every goal, in the order taken, reached its bound."
        )
    return f"{cost} The match is not proved best: at least one goal fell short of its bound."


def goals_table(goals: tuple[GoalResult, ...]) -> TableView:
    """Lay out each goal with its value, the bound that no match can pass, and the gap."""
    numeric = ("Value", "Bound", "Gap", "Seconds")
    heads = ("Goal", *numeric[:3], "Unit", numeric[3])
    return TableView(
        caption="Goals in the order they were taken",
        headings=tuple(Heading(words=head, is_numeric=head in numeric) for head in heads),
        rows=tuple(
            (
                goal.goal,
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
    said += [
        f"If nothing else were paid for, {pounds(budget.available_pence)} for "
        f"{line.quantity:,.0f} {line.unit} ({line.label.lower()}) would be "
        f"{pounds(round(budget.available_pence / line.quantity))} each."
        for line in budget.lines
        if line.quantity and line.unit != "lump sum"
    ]
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
                "assumed" if line.is_assumed else "published",
                line.source,
            )
            for line in budget.lines
        ),
    )
