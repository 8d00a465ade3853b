"""Tries a definition's money on its own worked cases, with the code that makes real awards."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from schoolhubs import funding, programmes
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Declaration,
    DeclaredDay,
    PayeeKind,
    PaymentState,
)

Case = Mapping[str, Any]
HALF_DAYS_A_DAY = 2
Expected = tuple[str, str, int]
SIDES = ("below", "at", "above")


def failing_money(programme: programmes.Programme) -> Iterator[Problem]:
    """Give a problem for each case of money whose awards are not those expected."""
    for one in programme.money_cases:
        for case, row in zip(one["cases"], one["rows"], strict=True):
            for fault in _faults(programme, case):
                yield Problem(
                    code="case_fails", file=one["file"], row=row,
                    fault=f"case {case['name']!r}: {fault}",
                    remedy="Mend the case or the rule, whichever is wrong.",
                )  # fmt: skip


def failing_budgets(programme: programmes.Programme) -> Iterator[Problem]:
    """Give a problem for each worked sum of the budget that comes to something else."""
    for one in programme.money_cases:
        for case in one.get("budgets", ()):
            found, wanted = _afforded(programme, case), case["expect"]
            wrong = [f"{name} is {found[name]}, expected {wanted[name]}"
                     for name in wanted if found[name] != wanted[name]]  # fmt: skip
            if wrong:
                yield Problem(
                    code="case_fails", file=one["file"],
                    fault=f"budget {case['name']!r}: {'; '.join(wrong)}",
                    remedy="Mend the sum or the rule, whichever is wrong.",
                )  # fmt: skip


def _afforded(programme: programmes.Programme, case: Case) -> Mapping[str, Any]:
    """Work out a sum of the budget: of its own hubs and days, or as the definition plans."""
    on = datetime.date.fromisoformat(str(case["on"]))
    money = programme.money(on)
    scenario = funding.budgets.as_planned(programme.as_at(on), money)
    if "hubs" in case:
        scenario = dataclasses.replace(
            scenario, n_hubs=case["hubs"], days_per_hub=case["days_per_hub"],
            day_rate_pence=case["day_rate_pence"],
        )  # fmt: skip
    return {**funding.budgets.afford(scenario, money).as_dict(), "years": scenario.n_years}


def _faults(programme: programmes.Programme, case: Case) -> Iterator[str]:
    if case["pathway"] not in programme.tree["pathways"]:
        yield f"there is no pathway {case['pathway']!r}"
        return
    record = _record(programme, case)
    for payee, expected in case["expect"].items():
        wanted = [(each["milestone"], str(each["due_on"]), each["pence"]) for each in expected]
        made = list(_awards(programme, record, case, payee))
        if made != wanted:
            yield f"the {payee} gets {_said(made)}, expected {_said(wanted)}"


def _said(awards: list[Expected]) -> str:
    each = (f"{pence} pence for {milestone} on {day}" for milestone, day, pence in awards)
    return ", ".join(each) or "nothing"


def _awards(
    programme: programmes.Programme, record: DeliveryRecord, case: Case, payee: str
) -> Iterator[Expected]:
    rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
    of_trusts = rules.pathway(record.pathway).partner_kind == "trust"
    partner = PayeeKind.TRUST if of_trusts else PayeeKind.SCHOOL
    kind = PayeeKind.LEAD_SCHOOL if payee == "lead" else partner
    earlier = 0
    for milestone in funding.milestones(record, rules, money, kind):
        found = funding.award(
            record, rules, money, _declared(record, case), payee=kind,
            milestone=milestone.milestone, on=milestone.due_on, earlier_pence=earlier,
        )  # fmt: skip
        earlier += found.amount_pence
        yield found.milestone, found.due_on.isoformat(), found.amount_pence


def _declared(record: DeliveryRecord, case: Case) -> Declaration:
    n = case.get("declared_half_days", 0)
    day = DeclaredDay(on=record.starts_on, half_days=n, what="Declared", evidence="case")
    return Declaration(
        declaration_id="case", partnership_id="case", state=PaymentState.CHECKED,
        days=(day,) if n else (),
    )  # fmt: skip


def _term(case: Case, at: int, first: datetime.date) -> Iterator[DaySpent]:
    """Give the days of one term: the partner's day by day from its first, the lead's on the first.

    A case may say that all of them were written down for one day.
    """
    yield DaySpent(
        kind=DayKind.SUPPORT_DAY, on=first, evidence=f"term:{at}", partner_half_days=0,
        lead_half_days=_at(case, "lead_half_days_by_term", at),
    )  # fmt: skip
    for n in range(_at(case, "half_days_by_term", at)):
        after = 0 if case.get("on_one_day") else n // HALF_DAYS_A_DAY
        yield DaySpent(
            kind=DayKind.SUPPORT_DAY, on=first + datetime.timedelta(days=after),
            evidence=f"term:{at}/{n}", partner_half_days=1,
        )  # fmt: skip


def _record(programme: programmes.Programme, case: Case) -> DeliveryRecord:
    starts = [datetime.date.fromisoformat(str(case["starts_on"]))]
    for _ in range(case["terms"]):
        starts.append(term_finishes_on(starts[-1]))
    days = tuple(
        day for at, (first, _) in enumerate(pairwise(starts)) for day in _term(case, at, first)
    )
    days += tuple(
        DaySpent(
            kind=DayKind(kind), on=first, evidence=f"{kind}:{at}", partner_half_days=0,
            lead_half_days=n,
        )
        for kind, counts in case.get("hosted_half_days_by_term", {}).items()
        for at, (first, n) in enumerate(zip(starts[:-1], counts, strict=False))
    )  # fmt: skip
    ended_on = case.get("ended_on")
    return DeliveryRecord(
        partnership_id="case", programme_id=programme.programme_id, cohort_id="case",
        pathway=case["pathway"], urn="900001", lead_urn="900002", trust_id="1",
        starts_on=starts[0], finishes_on=starts[-1], days=days,
        ended_on=datetime.date.fromisoformat(str(ended_on)) if ended_on else None,
        ended_by=case.get("ended_by", ""),
    )  # fmt: skip


def _at(case: Case, name: str, at: int) -> int:
    given = case.get(name, ())
    return given[at] if at < len(given) else 0


def untried_money(programme: programmes.Programme) -> Iterator[Problem]:
    """Give a problem for each rule of money, and each side of one, that no case tries."""
    money, wanted = programme.tree["money"], set()
    if "awards" in money:
        wanted |= {("participation", side) for side in SIDES}
        wanted |= {("expected_days", "at"), ("expected_days", "above")}
        wanted |= {(about, "inside") for about in ("paid_at", "withdrawal", "extension")}
    elif programme.money_cases:
        wanted |= {("nothing_paid", "inside")}
    if "lead_pay" in money:
        wanted |= {("lead_pay", side) for side in SIDES}
        if money["lead_pay"].get("also_pays"):
            wanted |= {("hosting", "inside"), ("hosting", "above")}
    if not any(one.get("budgets") for one in programme.money_cases):
        yield Problem(
            code="untried_money", file="cases/money.yaml",
            fault="no sum tries whether the programme can be afforded",
            remedy="Add one to budgets, with its hubs and days or as the definition plans.",
        )  # fmt: skip
    cases = [case for one in programme.money_cases for case in one["cases"]]
    for about, side in sorted(wanted - {(case["about"], case["side"]) for case in cases}):
        yield Problem(
            code="untried_money", file="cases/money.yaml",
            fault=f"no case tries {about} with side {side}",
            remedy="Add one, with a partnership and the awards that come of it.",
        )  # fmt: skip
