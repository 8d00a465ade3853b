"""What is held of training, and what follows from it: owed to whom, days spent, dates to come."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Count, F, Min, Q, QuerySet

from schoolhubs import delivery, programmes
from schoolhubs.service.diagnosis.day.queries import setting_of
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.queries import of_the_day
from schoolhubs.service.schools.models import School
from schoolhubs.service.training.models import (
    STANDS,
    CompletionState,
    ModuleCompletion,
    SchoolLeader,
    SessionState,
    SignUp,
    TrainingSession,
)
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent
from schoolhubs.vocabulary.records.training import (
    Duty,
    ModuleDone,
    TrainingModule,
    TrainingRules,
)
from schoolhubs.vocabulary.records.training import Leader as NamedLeader

WITH_TRAINING = (*HOLDS_A_PLACE, "finished")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The training of one partnership as it stands.

    ``leaders`` has everybody the school ever named, by number; ``completions`` all that stand.
    """

    partnership: Partnership
    rules: TrainingRules
    modules: tuple[TrainingModule, ...]
    leaders: Mapping[str, SchoolLeader]
    completions: tuple[ModuleCompletion, ...]
    owed: tuple[delivery.training.Owed, ...]

    @property
    def tally(self) -> delivery.training.Tally:
        """How much of it stands how."""
        return delivery.training.tally(self.owed)

    def there(self, on: datetime.date) -> list[SchoolLeader]:
        """Give the leaders of the school on a day."""
        return [each for each in self.leaders.values() if each.is_there(on)]


def rules_of(programme_id: str, on: datetime.date) -> TrainingRules | None:
    """Give the training of a programme on a day; None where there is none."""
    if programme_id not in programmes.list_ids():
        return None
    return programmes.load(programme_id).as_at(on).training


def partnerships_of(urn: str, on: datetime.date) -> list[Partnership]:
    """Give the partnerships whose training a school is in on a day, one of each programme.

    Those that run on the day come first; of a programme with none, the next to begin or the last.
    """
    ours = Partnership.objects.filter(
        partner_urn=urn, state__in=WITH_TRAINING, partner_trust_id=""
    ).order_by("-starts_on", "-pk")
    newest: dict[str, Partnership] = {}
    for each in [*of_the_day(ours, on)] or of_the_day(_of_its_trust(urn), on):
        newest.setdefault(each.programme_id, each)
    return sorted(newest.values(), key=lambda each: not runs_on(each, on))


def partnership_of(urn: str, on: datetime.date, programme_id: str = "") -> Partnership | None:
    """Give the partnership whose training a school is in on a day, perhaps of one programme."""
    ours = partnerships_of(urn, on)
    return next((each for each in ours if programme_id in ("", each.programme_id)), None)


def running_of(urn: str, programme_id: str, on: datetime.date) -> Partnership | None:
    """Give the partnership of a programme that ran, or runs, on a day: what is done then is its."""
    found = partnership_of(urn, on, programme_id)
    return found if found is not None and runs_on(found, on) else None


def years_of(partnership: Partnership) -> list[tuple[datetime.date, datetime.date]]:
    """Give the first day of each year of a school in a programme, and the first day after it."""
    ours = Partnership.objects.filter(
        partner_urn=partnership.partner_urn, programme_id=partnership.programme_id,
        state__in=WITH_TRAINING, partner_trust_id=partnership.partner_trust_id,
    )  # fmt: skip
    return list(ours.values_list("starts_on", "finishes_on"))


def runs_on(partnership: Partnership, on: datetime.date) -> bool:
    """Tell whether a day lies within a partnership."""
    return partnership.starts_on <= on < partnership.finishes_on


def _of_its_trust(urn: str) -> QuerySet[Partnership]:
    """Give the partnerships of a school's trust, where the school has none of its own."""
    school = School.objects.filter(snapshot__currentregister__only=True, urn=urn)
    return Partnership.objects.filter(
        partner_trust_id__in=school.exclude(trust_id="").values("trust_id"),
        state__in=WITH_TRAINING,
    ).order_by("-starts_on", "-pk")  # fmt: skip


def trained(
    partnerships: Iterable[Partnership], *, on: datetime.date, only: Collection[str] | None = None
) -> dict[int, Trained]:
    """Give the training of some partnerships on a day, by number, in a few questions.

    Of a trust's partnership these are the leaders of all its schools. A partnership of a
    programme that teaches nothing is left out.

    Parameters
    ----------
    only
        Schools whose leaders alone are looked at, such as the one whose page it is.
    """
    ours = list(partnerships)
    schools, settings = _schools_of(ours, only)
    urns = {urn for of_one in schools.values() for urn in of_one}
    leaders: dict[str, dict[str, SchoolLeader]] = defaultdict(dict)
    for leader in SchoolLeader.objects.filter(urn__in=urns):
        leaders[leader.urn][str(leader.pk)] = leader
    done: dict[tuple[str, str], list[ModuleCompletion]] = defaultdict(list)
    rows = ModuleCompletion.objects.filter(leader__urn__in=urns, state__in=STANDS)
    for each in rows.select_related("leader"):
        done[each.leader.urn, each.programme_id].append(each)
    found = {}
    for partnership in ours:
        rules = rules_of(partnership.programme_id, on)
        if rules is not None:
            of_one = sorted(schools[partnership.pk])
            found[partnership.pk] = _trained(
                partnership, rules, settings.get(partnership.partner_urn, "mainstream"),
                {key: each for urn in of_one for key, each in leaders[urn].items()},
                [each for urn in of_one for each in done[urn, partnership.programme_id]], on,
            )  # fmt: skip
    return found


def _schools_of(
    partnerships: Iterable[Partnership], only: Collection[str] | None
) -> tuple[dict[int, set[str]], dict[str, str]]:
    """Give the schools whose leaders each partnership trains, of a trust all its open ones.

    Beside them stands each school's setting.
    """
    found = {each.pk: {each.partner_urn} for each in partnerships}
    by_trust: dict[str, list[int]] = defaultdict(list)
    for each in partnerships:
        if each.is_of_trusts:
            by_trust[each.partner_trust_id].append(each.pk)
    of_trusts = Q(trust_id__in=list(by_trust), is_open=True) if by_trust else Q(pk__in=[])
    rows = School.objects.filter(
        Q(urn__in={each.partner_urn for each in partnerships}) | of_trusts,
        snapshot__currentregister__only=True,
    )
    settings = {}
    for urn, trust_id, phase, is_open in rows.values_list("urn", "trust_id", "phase", "is_open"):
        settings[urn] = setting_of(phase)
        for pk in by_trust.get(trust_id, ()) if is_open else ():
            found[pk].add(urn)
    if only is not None:
        found = {pk: urns & set(only) for pk, urns in found.items()}
    return found, settings


def _trained(
    partnership: Partnership, rules: TrainingRules, setting: str,
    leaders: Mapping[str, SchoolLeader], done: Sequence[ModuleCompletion], on: datetime.date,
) -> Trained:  # fmt: skip
    modules = rules.of_school(partnership.pathway, setting)
    owed = delivery.training.owed(
        modules, [as_named(each) for each in leaders.values()], [as_done(each) for each in done],
        rules=rules, starts_on=partnership.starts_on, on=on,
    )  # fmt: skip
    return Trained(
        partnership=partnership, rules=rules, modules=modules, leaders=leaders,
        completions=tuple(done), owed=owed,
    )  # fmt: skip


def as_named(leader: SchoolLeader) -> NamedLeader:
    """Give a leader as what is owed is worked out by; no name."""
    return NamedLeader(
        leader_id=str(leader.pk), duties=frozenset(Duty(each) for each in leader.duties),
        named_on=leader.named_on, left_on=leader.left_on,
        succeeds=str(leader.succeeds_id or ""),
    )  # fmt: skip


def as_done(completion: ModuleCompletion) -> ModuleDone:
    """Give a completion as what is owed is worked out by."""
    return ModuleDone(
        leader_id=str(completion.leader_id), module=completion.module, on=completion.completed_on,
        is_confirmed=completion.state == CompletionState.CONFIRMED,
    )  # fmt: skip


def tallies_of(
    partnerships: Iterable[Partnership], *, on: datetime.date
) -> Mapping[int, delivery.training.Tally]:
    """Count what is owed and done in some partnerships, by number."""
    return {pk: each.tally for pk, each in trained(partnerships, on=on).items()}


def days_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[DaySpent, ...]]:
    """Give the days that leaders of some partnerships spent on training, by partnership.

    Each completion that stands is one; declared ones are not agreed yet. Half-days are those of
    the definition on the day of completion, for each leader; travel is there and back where the
    session was at a hub and the drive is known. What the lead spent on giving a session stands
    with the first completion of it.
    """
    found: dict[int, list[DaySpent]] = {pk: [] for pk in partnership_ids}
    ours = ModuleCompletion.objects.filter(partnership__in=partnership_ids, state__in=STANDS)
    rows = list(ours.select_related("partnership", "session"))
    first = _first_of({each.session_id for each in rows if each.session_id})
    for each in rows:
        found[each.partnership_id].append(
            DaySpent(
                kind=DayKind.TRAINING, on=each.completed_on, partner_half_days=each.half_days,
                lead_half_days=each.half_days if first.get(each.session_id or 0) == each.pk else 0,
                evidence=f"training:{each.pk}", travel_minutes=_travel(each),
                is_agreed=each.state == CompletionState.CONFIRMED,
            )
        )  # fmt: skip
    return {pk: tuple(days) for pk, days in found.items()}


def _first_of(sessions: Collection[int]) -> Mapping[int, int]:
    """Give the completion with which a lead's time for each session of its own stands: the first.

    So a session is counted once, however many leaders came to it.
    """
    rows = ModuleCompletion.objects.filter(
        session__in=sessions, session__lead_urn=F("partnership__lead_urn"), state__in=STANDS
    )
    return dict(rows.order_by().values_list("session").annotate(first=Min("pk")))


def _travel(completion: ModuleCompletion) -> float | None:
    if completion.session is None:
        return None
    if completion.session.is_online:
        return 0.0
    minutes = completion.partnership.minutes
    same_hub = completion.session.lead_urn == completion.partnership.lead_urn
    return 2 * minutes if minutes is not None and same_hub else None


def sessions_for(partnership: Partnership) -> QuerySet[TrainingSession]:
    """Give the sessions that a partner may come to: its hub's, and those for everybody."""
    return TrainingSession.objects.filter(
        Q(lead_urn="") | Q(lead_urn=partnership.lead_urn), programme_id=partnership.programme_id
    )


def with_counts(rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    """Add ``n_signed_up`` to sessions."""
    return rows.annotate(n_signed_up=Count("signup", filter=Q(signup__is_live=True)))


def sign_ups_of(session: TrainingSession) -> list[SignUp]:
    """Give who signed up for a session, by school and name."""
    rows = SignUp.objects.filter(session=session, is_live=True).select_related("leader")
    return list(rows.order_by("leader__urn", "leader__name", "pk"))


def came_without_completion(session: TrainingSession) -> list[SignUp]:
    """Give who came to a session that was recorded, and completed nothing by it."""
    came = [each for each in sign_ups_of(session) if each.came]
    done = ModuleCompletion.objects.filter(
        leader__in=[each.leader_id for each in came], module=session.module,
        programme_id=session.programme_id, state__in=STANDS,
    )  # fmt: skip
    has = set(done.values_list("leader_id", flat=True))
    return [each for each in came if each.leader_id not in has]


def planned_from(at: datetime.datetime) -> Q:
    """Give what holds of a session that is still to come."""
    return Q(state=SessionState.PLANNED, starts_at__gt=at)


def declared_to(lead_urns: Collection[str]) -> list[ModuleCompletion]:
    """Give what partners of some hubs declared and nobody confirmed yet."""
    rows = ModuleCompletion.objects.filter(
        state=CompletionState.DECLARED, partnership__lead_urn__in=lead_urns
    )
    return list(rows.select_related("leader", "partnership").order_by("made_at", "pk"))


def partners_of(lead_urn: str, on: datetime.date) -> list[Partnership]:
    """Give the schools and trusts that are with a hub on a day, each once, by programme."""
    rows = Partnership.objects.filter(lead_urn=lead_urn, state__in=HOLDS_A_PLACE)
    return of_the_day(rows.order_by("programme_id", "partner_urn", "-year"), on)
