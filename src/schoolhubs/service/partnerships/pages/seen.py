"""A partnership as its page shows it: who said what, what the actor may do, and where all are."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence

from schoolhubs import pictures
from schoolhubs.pictures import Picture, Spot
from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.page.explained import Why
from schoolhubs.service.partnerships import queries
from schoolhubs.service.partnerships.doing.extending import MAY_ASK, extra_terms
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership, Side
from schoolhubs.service.partnerships.reasons import in_words
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted

PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
SPEAK_FOR_PARTNER = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_TRUST)
ANSWERERS = (*SPEAK_FOR_PARTNER, *LEADS)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one school said: its name, its words, and when."""

    side: str
    name: str
    words: str
    at: datetime.datetime | None
    reasons: Sequence[str] = ()
    told: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A partnership, as one actor sees it.

    Parameters
    ----------
    side
        The side the actor answers for; blank for those who read.
    may_answer, may_accept, may_object
        What the actor can do now.
    may_ask_for_more
        The programme gives a further year, and the actor's side has not asked yet.
    """

    partnership: Partnership
    said: tuple[Said, ...]
    side: str
    may_accept: bool
    may_object: bool
    may_ask_for_more: bool
    request: ExtensionRequest | None

    @property
    def answer_by(self) -> datetime.date | None:
        """Last day to answer; None where nothing waits for an answer."""
        return answer_by(self.partnership) if self.partnership.state == "proposed" else None

    @property
    def may_answer(self) -> bool:
        """There is something for the actor to say."""
        return self.may_accept or self.may_object


def side_of(actor: Actor, partnership: Partnership) -> str:
    """Give the side an actor belongs to; blank for neither."""
    if reach.is_own_school(actor, partnership.partner_urn, *PARTNERS):
        return Side.PARTNER.value
    if reach.is_own_school(actor, partnership.lead_urn, *LEADS):
        return Side.LEAD.value
    return ""


def may_speak(actor: Actor, side: str) -> bool:
    """Tell whether an actor may answer for a side: a role of the other side does not count."""
    speaks = {Side.PARTNER.value: SPEAK_FOR_PARTNER, Side.LEAD.value: LEADS}
    return side in speaks and actor.holds(*speaks[side])


def waits_for(actor: Actor, partnership: Partnership) -> bool:
    """Tell whether a proposal waits for this actor's answer."""
    side = side_of(actor, partnership)
    is_open = partnership.state == "proposed"
    return is_open and may_speak(actor, side) and not partnership.says_of(side)


def seen(
    actor: Actor, programme_id: str, urn: str, names: Mapping[str, str] | None = None
) -> Seen | None:
    """Give a school's live partnership as an actor sees it; None where there is none to see.

    Without one, what lapsed last with nothing since. It is for its two sides and for those who see
    every school.
    """
    partnership = queries.live_of(programme_id, urn) or queries.lapsed_of(programme_id, urn)
    if partnership is None:
        return None
    may_see = actor.holds(*reach.SEE_EVERY_SCHOOL) or side_of(actor, partnership)
    return seen_one(actor, partnership, names) if may_see else None


def seen_one(
    actor: Actor, partnership: Partnership, names: Mapping[str, str] | None = None
) -> Seen:
    """Give a partnership as an actor sees it."""
    side = side_of(actor, partnership)
    may = may_speak(actor, side)
    is_open = partnership.state == "proposed"
    says = partnership.says_of(side) if side else ""
    reads_all = actor.holds(*reach.SEE_EVERY_SCHOOL)
    request = ExtensionRequest.objects.filter(partnership=partnership).first()
    return Seen(
        partnership=partnership,
        said=tuple(
            _said(partnership, each, names, with_words=reads_all or side == each)
            for each in Side.values
        ),
        side=side,
        may_accept=may and is_open and says != "accepts",
        may_object=may and is_open and says != "objects",
        may_ask_for_more=may_ask_for_more(actor, partnership, request),
        request=request,
    )


def may_ask_for_more(
    actor: Actor, partnership: Partnership, request: ExtensionRequest | None
) -> bool:
    """Tell whether an actor may ask for a further year: there is one, and its side has not yet."""
    side = side_of(actor, partnership)
    return (
        may_speak(actor, side)
        and partnership.state in MAY_ASK
        and extra_terms(partnership) > 0
        and has_not_asked(request, side)
    )


def has_not_asked(request: ExtensionRequest | None, side: str) -> bool:
    """Tell whether a side may still ask for a further year."""
    if request is None:
        return True
    return request.state == "asked" and getattr(request, f"{side}_at") is None


def _said(
    partnership: Partnership, side: str, names: Mapping[str, str] | None, *, with_words: bool
) -> Said:
    """Give what a side said; its own words are for itself and the office, the reasons for both."""
    urn = partnership.partner_urn if side == Side.PARTNER else partnership.lead_urn
    says = partnership.says_of(side)
    objection = None
    if says == "objects":
        objections = Objection.objects.filter(partnership=partnership, side=side)
        objection = objections.order_by("pk").last()
    words = {"": "Has not answered yet", "accepts": "Accepted", "objects": "Does not work"}
    return Said(
        side=side,
        name=(names or names_of([urn])).get(urn, f"URN {urn}"),
        words=words[says],
        at=getattr(partnership, f"{side}_at"),
        reasons=in_words(objection.reasons) if objection else (),
        told=objection.words if objection and with_words else "",
    )


def names_of(urns: Iterable[str]) -> dict[str, str]:
    """Give the names of some schools by the current register."""
    ours = School.objects.filter(snapshot__currentregister__only=True, urn__in=list(urns))
    return dict(ours.values_list("urn", "name"))


def map_of(why: Why, round_: Round) -> Picture | None:
    """Draw a match with the next hubs; None where a school's place is not known."""
    options = tuple((each.lead_urn, each.minutes) for each in why.options)
    proposed = why.place.lead_urn, why.place.minutes
    if not proposed[0]:
        return None
    return near(round_.pk, round_.snapshot_id, why.place.urn, (proposed, *options))


@functools.lru_cache(maxsize=256)
def near(
    round_pk: int, snapshot_id: int, urn: str, hubs: tuple[tuple[str, float | None], ...]
) -> Picture | None:
    """Draw a school, the hub proposed for it and the next ones; rounds never change."""
    urns = {urn, *(each for each, _ in hubs)}
    schools = School.objects.filter(snapshot_id=snapshot_id, urn__in=urns).select_related(
        "snapshot"
    )
    known = {each.urn: each for each in schools.defer("words", "snapshot__archive")}
    spots = [_spot(known[each], minutes) for each, minutes in hubs if _has_place(known.get(each))]
    ours = known.get(urn)
    if ours is None or not _has_place(ours) or not spots or spots[0].name != known[hubs[0][0]].name:
        return None
    spots[0] = dataclasses.replace(spots[0], is_proposed=True)
    caption = pictures.Caption(
        key="near-map",
        title=f"{ours.name} and the hubs near it",
        sentence=_sentence(ours.name, spots),
        source=f"Round {round_pk}, school register as at {day(ours.snapshot.on)}; lines are as "
        "the crow flies, minutes are by road",
        is_synthetic=ours.snapshot.is_synthetic,
    )
    return pictures.near_map(_spot(ours, None), spots, caption)


def _has_place(school: School | None) -> bool:
    return school is not None and school.facts.get("easting") is not None


def _spot(school: School, minutes: float | None) -> Spot:
    return Spot(
        name=school.name,
        phase=school.phase,
        easting=float(school.facts["easting"]),
        northing=float(school.facts["northing"]),
        minutes=minutes,
    )


def _sentence(name: str, spots: Sequence[Spot]) -> str:
    """Say how far the proposed hub is, and how far the others are."""
    proposed, *others = spots
    told = f"{name} is about {proposed.minutes or 0:.0f} minutes by car from {proposed.name}."
    minutes = [f"{each.minutes:.0f}" for each in others if each.minutes is not None]
    if not minutes:
        return told
    listed = " and ".join([", ".join(minutes[:-1]), minutes[-1]] if minutes[1:] else minutes)
    rest = counted(len(minutes), "other hub is", "other hubs are")
    return f"{told} The {rest} {listed} minutes away."
