"""What both schools of a partnership are written, and when."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.eligibility.doing.telling import addresses_in
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.matching.models import Round
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted

SIDES = ("partner", "lead")
ROUNDED = 5  # minutes; an estimate is not known more closely


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of schools and their trusts by the current register; the URN where it lacks one."""

    of_school: Mapping[str, str]
    of_trust: Mapping[str, str]

    def school(self, urn: str) -> str:
        """Name a school."""
        return self.of_school.get(urn, f"the school with URN {urn}")

    def side(self, found: Partnership, side: str) -> str:
        """Name the school of a side, or its trust where trusts work together."""
        urn = str(getattr(found, f"{side}_urn"))
        trust = self.of_trust.get(urn) if found.is_of_trusts else None
        return trust or self.school(urn)


def names_of(urns: Collection[str], *, register_id: int | None = None) -> Names:
    """Find the names of schools and of their trusts, in one query.

    ``register_id`` is the register of the round, which serves where none is current yet.
    """
    every = School.objects.filter(urn__in=urns).values_list("urn", "name", "facts__trust_name")
    rows = list(every.filter(snapshot__currentregister__only=True))
    if not rows and register_id is not None and schools.current_snapshot() is None:
        rows = list(every.filter(snapshot_id=register_id))
    return Names(
        of_school={urn: name for urn, name, _ in rows},
        of_trust={urn: trust for urn, _, trust in rows if trust},
    )


def urns_in(found: Iterable[Partnership]) -> set[str]:
    """Give the schools of some partnerships."""
    return {urn for each in found for urn in (each.partner_urn, each.lead_urn)}


def to_each(
    kind: str, found: Partnership, *, sides: Collection[str] = SIDES, **facts: str
) -> list[Draft]:
    """Draft one kind of letter to one side of a partnership, or to both, as it stands now."""
    names = names_of(urns_in([found]), register_id=register_of(found))
    told = {"programme": title_of(found), **facts}
    drafts = []
    for side in SIDES:
        if side in sides:
            other = SIDES[1 - SIDES.index(side)]
            pair = {"school": names.side(found, side), "other": names.side(found, other)}
            drafts.append(draft_to(kind, found, side, {**pair, **told}, f"/{found.version}"))
    return drafts


def answered(found: Partnership, side: str) -> list[Draft]:
    """Draft what follows from an answer that one side has just given."""
    other = SIDES[1 - SIDES.index(side)]
    if found.state == "agreed":
        days = {"starts": day(found.starts_on), "ends": day(found.last_on)}
        return to_each("both_agreed", found, **days)
    if found.says_of(side) == "objects":
        who = names_of(urns_in([found]), register_id=register_of(found)).side(found, side)
        return to_each("objection_received", found, who=who)
    # Who objected has had its say; who has not answered yet is told that the other has.
    return [] if found.says_of(other) else to_each("other_answered", found, sides=(other,))


def proposed(
    round_: Round,
    new: Sequence[Partnership],
    standing: Sequence[Partnership],
    gone: Sequence[Partnership],
    waiting: Collection[int],
    at: datetime.datetime,
) -> Iterator[Draft]:
    """Draft the letters of a publication: one a school, and one a hub with what is new to it.

    Parameters
    ----------
    new, standing, gone
        Proposals made now, those that stood before and stand still, and those that fell.
    waiting
        Applications that went on the waiting list.
    at
        When it is published, which tells it from another publication of the same round.
    """
    title = programmes.load(round_.programme_id).as_at(round_.on).title
    numbers = {each.application_id for each in (*new, *gone) if each.application_id}
    applications = Application.objects.in_bulk(numbers | set(waiting))
    urns = urns_in([*new, *standing, *gone]) | {applications[each].urn for each in waiting}
    names = names_of(urns, register_id=round_.snapshot_id)
    for each in new:
        yield _hub_proposed(each, applications.get(each.application_id or 0), names, title)
    for number in waiting:
        yield _waiting(applications[number], names, title)
    told = {each.partner_urn for each in new} | {applications[each].urn for each in waiting}
    for each in gone:
        if each.partner_urn not in told:
            application = applications.get(each.application_id or 0)
            yield _fallen(each, application, names, title)
    about = f"round:{round_.pk}/{at.isoformat(timespec='seconds')}"
    yield from _to_hubs(new, standing, gone, names, title, about, timezone.localdate(at))


def proposed_again(found: Partnership) -> list[Draft]:
    """Draft to both sides that the office proposes again what had lapsed."""
    title = title_of(found)
    names = names_of(urns_in([found]), register_id=register_of(found))
    letter = _hub_proposed(found, found.application, names, title)
    about, on = f"partnership:{found.pk}", timezone.localdate(found.proposed_at)
    (to_hub,) = _to_hubs([found], (), (), names, title, about, on)
    if found.is_of_trusts:
        to_hub = draft_to("schools_proposed", found, "lead", to_hub.facts, "")
    return [letter, to_hub]


def _hub_proposed(
    found: Partnership, application: Application | None, names: Names, title: str
) -> Draft:
    facts = {
        "school": names.side(found, "partner"),
        "reference": application.reference if application else "",
        "programme": title,
        "hub": names.side(found, "lead"),
        "journey": _journey(found.minutes),
        "starts": day(found.starts_on),
        "by": day(answer_by(found)),
    }
    return draft_to("hub_proposed", found, "partner", facts, "", application)


def _journey(minutes: float | None) -> str:
    """Say how long the drive takes, as closely as an estimate is known; blank where it is not.

    >>> _journey(21.0), _journey(2.0)
    ('The drive takes about 20 minutes.', 'The drive takes less than 5 minutes.')
    """
    if minutes is None:
        return ""
    if minutes < ROUNDED:
        return f"The drive takes less than {counted(ROUNDED, 'minute')}."
    return f"The drive takes about {counted(round(minutes / ROUNDED) * ROUNDED, 'minute')}."


def _waiting(application: Application, names: Names, title: str) -> Draft:
    named = {"programme_id": application.programme_id, "urn": application.urn}
    return Draft(
        kind="waiting",
        about=f"application:{application.reference}/{application.version}",
        organisation_key=f"school:{application.urn}",
        facts={
            "school": names.school(application.urn),
            "reference": application.reference,
            "programme": title,
        },
        path=reverse("match", kwargs=named),
        addresses=addresses_in(application.answers),
    )


def _fallen(found: Partnership, application: Application | None, names: Names, title: str) -> Draft:
    """Draft to a school whose proposal fell with nothing in its place: the office looks again."""
    facts = {
        "school": names.side(found, "partner"),
        "other": names.side(found, "lead"),
        "programme": title,
        "because": "A later plan holds no hub for the school. The office looks at it again.",
    }
    return draft_to("partnership_ended", found, "partner", facts, "/fallen", application)


def _to_hubs(
    new: Sequence[Partnership],
    standing: Sequence[Partnership],
    gone: Sequence[Partnership],
    names: Names,
    title: str,
    about: str,
    on: datetime.date,
) -> Iterator[Draft]:
    """Draft one letter to each hub to which something is new, naming all that is proposed to it."""
    lists: dict[str, tuple[list[Partnership], list[Partnership], list[Partnership]]]
    lists = defaultdict(lambda: ([], [], []))
    for n, found in enumerate((new, standing, gone)):
        for each in found:
            lists[each.lead_urn][n].append(each)
    for urn, (added, kept, dropped) in lists.items():
        if not added and not dropped:
            continue
        facts = {
            "hub": names.school(urn),
            "programme": title,
            "n_schools": counted(len(added) + len(kept), "school").capitalize(),
            "schools": _schools(added, kept, dropped, names, on),
            "starts": day((added + kept + dropped)[0].starts_on),
        }
        path = reverse("my-hub")
        yield Draft(
            kind="schools_proposed", about=about, organisation_key=f"school:{urn}", facts=facts,
            path=path,
        )  # fmt: skip


def _schools(
    added: Sequence[Partnership],
    kept: Sequence[Partnership],
    dropped: Sequence[Partnership],
    names: Names,
    on: datetime.date,
) -> str:
    """List the schools of a hub, what is new first, and those that are no longer proposed."""
    lines = [f"* {names.side(each, 'partner')}{_by(each, on)}" for each in added]
    lines += [f"* {names.side(each, 'partner')} (as before){_by(each, on)}" for each in kept]
    if added or kept:
        lines += ["", "What both have not accepted by the day beside it lapses."]
    if dropped:
        gone = ", ".join(sorted(names.side(each, "partner") for each in dropped))
        lines += ["", f"No longer proposed: {gone}."]
    return "\n".join(lines)


def _by(found: Partnership, on: datetime.date) -> str:
    """Say by when to answer a proposal; blank where that day is past, as it waits for others."""
    return f": answer by {day(answer_by(found))}" if answer_by(found) >= on else ""


def draft_to(
    kind: str,
    found: Partnership,
    side: str,
    facts: Mapping[str, str],
    occasion: str,
    application: Application | None = None,
) -> Draft:
    """Draft a letter to one side; ``occasion`` tells it from others of its kind."""
    trust_id, urn = getattr(found, f"{side}_trust_id"), getattr(found, f"{side}_urn")
    named = {"programme_id": found.programme_id, "urn": found.partner_urn}
    beside = (application or found.application) if side == "partner" else None
    return Draft(
        kind=kind,
        about=f"partnership:{found.pk}{occasion}",
        organisation_key=f"trust:{trust_id}" if trust_id else f"school:{urn}",
        facts=facts,
        path=reverse("trust-track", args=[found.pk])
        if trust_id
        else reverse("match", kwargs=named),
        addresses=addresses_in(beside.answers) if beside else (),
    )


def title_of(found: Partnership) -> str:
    """Give the title of a partnership's programme."""
    return programmes.load(found.programme_id).as_at(found.starts_on).title


def register_of(found: Partnership) -> int | None:
    """Give the number of the register that a partnership's round was run on; None for no round."""
    return found.round.snapshot_id if found.round else None
