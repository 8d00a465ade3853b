"""Can we afford it: hubs times days times a rate, a year and in all years of the envelope."""

import re
from fractions import Fraction

from schoolhubs.funding.awards.partner import full_pence
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.money import exact, in_pounds, read_pounds, rounded
from schoolhubs.vocabulary.records.funding import Afforded, BudgetScenario, MoneyRules
from schoolhubs.vocabulary.records.rules import RulesAsAt

_WRITTEN = re.compile(
    r"(?P<hubs>\d{1,5})\s*[x×*]\s*(?P<days>\d{1,4}(?:\.\d+)?)\s*(?:@\s*(?P<rate>.+))?",
    re.IGNORECASE,
)
AS_WRITTEN = "Write hubs x days @ pounds, each more than nothing, such as 90x60@250."


def as_planned(
    rules: RulesAsAt, money: MoneyRules, *, n_years: int | None = None
) -> BudgetScenario:
    """Give what the definition plans: every hub full, every promised day given, in every year.

    Without ``n_years`` it is the years that the envelope is for, each with partners of its own.

    Partner trusts are left out: their lead trusts are counted apart from hubs.
    """
    of_schools = [each for each in rules.pathways if each.partner_kind == "school"]
    days = sum(each.places_per_lead * each.lead_days_per_partner for each in of_schools)
    grants = sum(
        each.places_per_lead * full_pence(money, stream)
        for each in of_schools
        if (stream := money.stream(each.pathway))
    )
    return BudgetScenario(
        name="As the definition plans",
        n_hubs=rules.n_hubs_planned or rules.n_hubs or 0,
        days_per_hub=days,
        day_rate_pence=rules.budget.day_rate_pence,
        grants_per_hub_pence=grants,
        n_years=n_years or money.envelope_years,
    )


def afford(scenario: BudgetScenario, money: MoneyRules) -> Afforded:
    """Set a scenario against the envelope, which is for all its years together.

    Examples
    --------
    Ninety hubs of sixty days at 1.5 million pounds: a day may cost 277.78 pounds, or no penny
    more than 277.77 if it shall stay within.

    >>> import datetime
    >>> from schoolhubs import programmes
    >>> money = programmes.load("rise-hubs-2025").money(datetime.date(2025, 9, 1))
    >>> hubs = BudgetScenario(name="90 × 60", n_hubs=90, days_per_hub=60, day_rate_pence=27777)
    >>> found = afford(hubs, money)
    >>> found.affordable_rate_pence, found.is_affordable, found.left_pence
    (27777, True, 4200)
    """
    a_year = scenario.n_hubs * exact(scenario.days_per_hub)
    days = a_year * scenario.n_years
    grants = scenario.n_hubs * scenario.grants_per_hub_pence * scenario.n_years
    left = money.envelope_pence - grants
    return Afforded(
        scenario=scenario,
        envelope_pence=money.envelope_pence,
        days=float(days),
        # Each year is a sum of whole pence, so that years add up to the total.
        days_pence=scenario.n_years * rounded(a_year * scenario.day_rate_pence),
        grants_pence=grants,
        affordable_rate_pence=max(int(Fraction(left) / days), 0) if days else None,
        working=_working(scenario, money, days, left),
    )


def _working(scenario: BudgetScenario, money: MoneyRules, days: Fraction, left: int) -> str:
    years = f" × {scenario.n_years} years" if scenario.n_years != 1 else ""
    told = (
        f"{scenario.n_hubs:,} hubs × {scenario.days_per_hub:g} days{years} = {float(days):,g} days"
    )
    if not days:
        return told
    has = in_pounds(money.envelope_pence)
    if scenario.grants_per_hub_pence:
        grants = money.envelope_pence - left
        of_a_hub = in_pounds(scenario.grants_per_hub_pence)
        has += f" less grants of {in_pounds(grants)} ({scenario.n_hubs:,} hubs × {of_a_hub}{years})"
    if left <= 0:
        return f"{told}; {has} leaves nothing for a day"
    share, most = rounded(Fraction(left) / days), int(Fraction(left) / days)
    within = f", and within the money {in_pounds(most)}" if most != share else ""
    return f"{told}; {has} is {in_pounds(share)} a day{within}"


def read_scenario(text: str, rules: RulesAsAt, money: MoneyRules) -> BudgetScenario:
    """Read a scenario as people write it: ``90x60``, or ``93 x 60 @ £250`` with a rate in pounds.

    What it does not say is as the definition plans.

    Raises
    ------
    UsageError
        If it is written otherwise, or anything in it is nothing or less.
    """
    said, planned = text.strip(), as_planned(rules, money)
    found = _WRITTEN.fullmatch(said)
    if not found:
        raise UsageError(f"The scenario is {said!r}, which is not read. {AS_WRITTEN}")
    try:
        rate = read_pounds(found["rate"]) if found["rate"] else planned.day_rate_pence
    except DataProblem as error:
        raise UsageError(f"The scenario {said!r}: {error}") from error
    for name, value in (("hubs", int(found["hubs"])), ("days", float(found["days"])),
                        ("pounds a day", rate)):  # fmt: skip
        if value <= 0:
            raise UsageError(f"The scenario {said!r} has no {name}. {AS_WRITTEN}")
    return BudgetScenario(
        name=said, n_hubs=int(found["hubs"]), days_per_hub=float(found["days"]),
        day_rate_pence=rate, grants_per_hub_pence=planned.grants_per_hub_pence,
        n_years=planned.n_years,
    )  # fmt: skip
