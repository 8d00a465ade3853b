"""What both sides are written of a proposal that moves, is to be answered, or has lapsed."""

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse

from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.service.partnerships.telling import (
    Names,
    draft_to,
    names_of,
    register_of,
    title_of,
    to_each,
    urns_in,
)
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted

# A kind for the side that is one school, and one for the hub, which is told of all its schools.
MOVED = "proposal_moved", "proposals_moved"
REMINDED = "proposal_lapses", "proposals_lapse"
LAPSED = "proposal_lapsed", "proposals_lapsed"


def moved(held: Sequence[Partnership]) -> list[Draft]:
    """Draft what both sides of proposals of one hub are told whose first day moved.

    Of one that is agreed by the same answer, its days hold: there is nothing left to say to it.
    """
    still = [each for each in held if each.state == "proposed"]
    drafts = _drafts(MOVED, still, still)
    for each in held:
        if each.state == "agreed":
            drafts += to_each("agreed_later", each, **_days_of(MOVED[0], each))
    return drafts


def reminders(held: Sequence[Partnership]) -> list[Draft]:
    """Draft reminders to those sides of proposals of one hub that have not answered."""
    silent = [each for each in held if not each.partner_says]
    return _drafts(REMINDED, silent, [each for each in held if not each.lead_says])


def lapsed(held: Sequence[Partnership]) -> list[Draft]:
    """Draft what both sides of proposals of one hub are told that have lapsed."""
    return _drafts(LAPSED, held, held)


def _drafts(
    kinds: tuple[str, str], to_partners: Sequence[Partnership], to_lead: Sequence[Partnership]
) -> list[Draft]:
    of_all = [*to_partners, *to_lead]
    if not of_all:
        return []
    names = names_of(urns_in(of_all), register_id=register_of(of_all[0]))
    drafts = [_to_partner(kinds[0], each, names) for each in to_partners]
    return [*drafts, _to_lead(kinds[1], to_lead, names)] if to_lead else drafts


def _to_partner(kind: str, found: Partnership, names: Names) -> Draft:
    facts = {
        "school": names.side(found, Side.PARTNER),
        "other": names.side(found, Side.LEAD),
        "programme": title_of(found),
        **_days_of(kind, found),
    }
    return draft_to(kind, found, Side.PARTNER, facts, f"/{found.version}")


def _to_lead(kind: str, found: Sequence[Partnership], names: Names) -> Draft:
    """Draft one letter of all of them, about the first, whose version tells the occasion."""
    first = found[0]
    facts = {
        "hub": names.side(first, Side.LEAD),
        "programme": title_of(first),
        "n_schools": counted(len(found), "proposal"),
        "schools": "\n".join(f"* {_line(kind, each, names)}" for each in found),
    }
    drafted = draft_to(kind, first, Side.LEAD, facts, f"/{first.version}")
    if first.is_of_trusts:
        return drafted
    return Draft(
        kind=kind, about=drafted.about, organisation_key=drafted.organisation_key, facts=facts,
        path=reverse("my-hub"),
    )  # fmt: skip


def _line(kind: str, found: Partnership, names: Names) -> str:
    told = _days_of(kind, found)
    said = {
        MOVED[1]: lambda: f"from {told['starts']} to {told['ends']}",
        REMINDED[1]: lambda: f"answer by {told['by']}",
        LAPSED[1]: lambda: told["because"],
    }
    return f"{names.side(found, Side.PARTNER)}: {said[kind]()}"


def _days_of(kind: str, found: Partnership) -> Mapping[str, str]:
    if kind in MOVED:
        return {"starts": day(found.starts_on), "ends": day(found.last_on)}
    if kind in REMINDED:
        return {"by": day(answer_by(found))}
    return {"because": found.why_ended}


def each_alone(held: Iterable[Partnership]) -> list[Draft]:
    """Draft the reminders of some proposals, each as if it were its hub's only one."""
    return [draft for each in held for draft in reminders([each])]
