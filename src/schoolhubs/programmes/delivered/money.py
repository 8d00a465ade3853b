"""Reads what a definition says of paying partners and leads, as at one day."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.programmes.as_at import Reading, rules_on, shown
from schoolhubs.programmes.settings import Path, Tree, said
from schoolhubs.vocabulary.records.delivery import DayKind
from schoolhubs.vocabulary.records.funding import (
    Assurance,
    CountedFor,
    LeadPay,
    MoneyRules,
    PaidAt,
    Sourced,
    StreamMoney,
    WithdrawalPays,
)
from schoolhubs.vocabulary.records.rules import GrantRule
from schoolhubs.vocabulary.records.settings import Setting
from schoolhubs.vocabulary.records.sourced import Assumption

# Where a definition is silent on checking, every payment is looked into.
CHECK_ALL = Assurance(sample_share=1.0, sample_at_least=0, check_all_from_pence=0)


def money_as_at(tree: Tree, settings: Mapping[Path, Setting], on: datetime.date) -> MoneyRules:
    """Read the money of a definition as at one day; before the programme, as a rehearsal."""
    reading = Reading(tree, settings, rules_on(settings, on)[0])
    money, awards = tree["money"], ("money", "awards")
    is_awarded = "awards" in money
    return MoneyRules(
        envelope_pence=reading.at("money", "budget", "total_pence"),
        envelope_years=reading.at("money", "budget", "years"),
        maximum_grant_pence=reading.at("money", "grant", "maximum_grant_pence"),
        proportional_to=GrantRule(reading.at("money", "grant", "proportional_to")),
        full_at_days=reading.at("money", "grant", "full_at_days"),
        streams=tuple(_streams(reading)) if is_awarded else (),
        participation_full_from_share=reading.at(*awards, "participation_full_from_share")
        if is_awarded
        else 0.0,
        withdrawal_pays=WithdrawalPays(reading.at(*awards, "withdrawal_pays"))
        if is_awarded
        else WithdrawalPays.NOTHING,
        extension_pays_share=reading.at(*awards, "extension_pays_share") if is_awarded else 0.0,
        ended_pays={
            by: WithdrawalPays(reading.at(*awards, "ended_pays", by))
            for by in money.get("awards", {}).get("ended_pays", {})
        },
        declare_within_days=_if_said(reading, *awards, "declare_within_days"),
        declare_reminder_days=_if_said(reading, *awards, "declare_reminder_days") or 0,
        counts_excused=bool(_if_said(reading, *awards, "counts_excused")),
        uses=tuple(reading.at(*awards, "use_reported_as")) if is_awarded else (),
        counted_for={
            DayKind(kind): CountedFor(reading.at(*awards, "counted_for", kind))
            for kind in money.get("awards", {}).get("counted_for", {})
        },
        lead_pay=_lead_pay(reading) if "lead_pay" in money else None,
        assurance=_assurance(reading) if "assurance" in money else CHECK_ALL,
        said=dict(_sources(reading)),
        assumptions=tuple(_assumptions(reading)),
    )


def _if_said(reading: Reading, *path: str) -> Any:
    """Give the value in force; None where the definition does not speak of it."""
    return reading.at(*path) if path in reading.settings else None


def _streams(reading: Reading) -> Iterator[StreamMoney]:
    for pathway in reading.tree["money"]["awards"]["expected_days"]:
        paid_at = reading.settings["money", "awards", "paid_at", pathway]
        yield StreamMoney(
            pathway=pathway,
            expected_days=reading.at("money", "awards", "expected_days", pathway),
            paid_at=PaidAt(paid_at.at(reading.on)),
            also_paid_at=tuple(PaidAt(also.value) for also in paid_at.also_published),
        )


def _lead_pay(reading: Reading) -> LeadPay:
    return LeadPay(
        day_rate_pence=reading.at("money", "budget", "day_rate_pence"),
        most_per_lead_pence=reading.at("money", "lead_pay", "most_per_lead_pence"),
        paid_at=PaidAt(reading.at("money", "lead_pay", "paid_at")),
        also_pays={
            DayKind(kind): reading.at("money", "lead_pay", "also_pays", kind)
            for kind in reading.tree["money"]["lead_pay"].get("also_pays", {})
        },
    )


def _assurance(reading: Reading) -> Assurance:
    names = ("sample_share", "sample_at_least", "check_all_from_pence")
    found: dict[str, Any] = {name: reading.at("money", "assurance", name) for name in names}
    return Assurance(**found)


def _sources(reading: Reading) -> Iterator[tuple[str, Sourced]]:
    for path, setting in reading.settings.items():
        if path[0] == "money":
            entry = setting.entry(reading.on)
            name = ".".join(path[1:])
            yield name, Sourced(path=name, source=entry.source, is_assumed=entry.is_assumed)
            for also in setting.also_published:
                named = f"{name}.also.{also.value}"
                yield named, Sourced(path=named, source=also.source, is_assumed=also.is_assumed)


def _assumptions(reading: Reading) -> Iterator[Assumption]:
    for path, setting in reading.settings.items():
        if path[0] == "money" and (entry := setting.entry(reading.on)).is_assumed:
            yield Assumption(
                where=setting.path,
                value=shown(entry.value),
                unit=setting.unit,
                description=setting.description,
                said=said(entry.value, setting.unit),
                why=entry.why,
            )
