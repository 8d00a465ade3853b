"""What a schema cannot say of a definition's money: names that meet, choices, and the total."""

from collections.abc import Iterator
from typing import Any

from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.programmes.settings import Path, Tree, entry_parts, is_number
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.funding import PaidAt, WithdrawalPays


def problems_of_money(text: DefinitionText) -> Iterator[Problem]:
    """Give every fault of ``money`` beyond its shape."""
    money = text.tree["money"]
    for day, years in _values(money["budget"]["years"]):
        if not isinstance(years, int) or years < 1:
            fault, at = f"a total cannot be for {years} years", ("money", "budget", "years")
            yield text.problem(
                "no_years", (*at, "values", day), fault, "Write a whole number from 1."
            )
    if "awards" in money:
        yield from _of_awards(text, money["awards"])
    if "lead_pay" in money:
        yield from _of_lead_pay(text, money)


def _values(node: Tree) -> Iterator[tuple[str, Any]]:
    for day, given in node["values"].items():
        yield day, entry_parts(node, given)[0]


def _of_awards(text: DefinitionText, awards: Tree) -> Iterator[Problem]:
    at, pathways = ("money", "awards"), text.tree["pathways"]
    for key in ("expected_days", "paid_at"):
        for pathway in pathways:
            if pathway not in awards[key]:
                fault = f"{key} does not name the pathway {pathway!r}"
                yield text.problem("pathway_missing", (*at, key), fault, "Add it.")
        for pathway in awards[key]:
            if pathway not in pathways:
                remedy = f"Choose among {', '.join(pathways)}."
                fault = f"there is no pathway {pathway!r}"
                yield text.problem("unknown_pathway", (*at, key, pathway), fault, remedy)
    for pathway, node in awards["expected_days"].items():
        for day, days in _values(node):
            if is_number(days) and days <= 0:
                fault = f"{days:g} days cannot be expected of a partner that is paid"
                where = (*at, "expected_days", pathway, "values", day)
                yield text.problem("no_days_expected", where, fault, "Write more than 0.")
    for pathway, node in awards["paid_at"].items():
        yield from _of_choice(text, (*at, "paid_at", pathway), node, tuple(PaidAt))
    choices = tuple(WithdrawalPays)
    yield from _of_choice(text, (*at, "withdrawal_pays"), awards["withdrawal_pays"], choices)
    for by, node in awards.get("ended_pays", {}).items():
        yield from _of_choice(text, (*at, "ended_pays", by), node, choices)
    full_from = (*at, "participation_full_from_share", "values")
    for day, share in _values(awards["participation_full_from_share"]):
        if share == 0:
            fault = "a share of 0 would pay a partner that never took part"
            yield text.problem("no_participation", (*full_from, day), fault, "Write more.")


def _of_choice(
    text: DefinitionText, path: Path, node: Tree, allowed: tuple[str, ...]
) -> Iterator[Problem]:
    given: list[tuple[Path, Any]] = [(("values", day), value) for day, value in _values(node)]
    for at, each in enumerate(node.get("also_published", ())):
        given.append((("also_published", str(at), "value"), each["value"]))
    for below, value in given:
        if value not in allowed:
            remedy = f"Choose one of {', '.join(allowed)}."
            fault = f"{value!r} is not taken here"
            yield text.problem("unknown_choice", (*path, *below), fault, remedy)


def _of_lead_pay(text: DefinitionText, money: Tree) -> Iterator[Problem]:
    """The most of one lead, for every lead there may be, stays within the programme's total."""
    path, pay = ("money", "lead_pay"), money["lead_pay"]
    yield from _of_choice(text, (*path, "paid_at"), pay["paid_at"], tuple(PaidAt))
    counts = [text.tree["programme"][name] for name in ("hub_counts", "planned_hub_counts")]
    n_leads = max(value for node in counts for _, value in _values(node))
    total = min(value for _, value in _values(money["budget"]["total_pence"]))
    for day, most in _values(pay["most_per_lead_pence"]):
        if most * n_leads > total:
            where = (*path, "most_per_lead_pence", "values", day)
            fault = (
                f"{most} pence for each of {n_leads} leads is {most * n_leads}, and the whole "
                f"programme has {total}"
            )
            remedy = f"Write at most {total // n_leads}."
            yield text.problem("more_than_total", where, fault, remedy)
