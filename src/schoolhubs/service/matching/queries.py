"""The round a cohort sees, and one school's or hub's place in it."""

import functools
import io
import zipfile
from collections.abc import Collection

from django.db.models import Q, QuerySet

from schoolhubs import programmes
from schoolhubs.service.matching.models import HubLoad, Outcome, Placement, PublishedRound, Round
from schoolhubs.vocabulary.records.rules import RulesAsAt

ROUNDS_KEPT = 32


def published_rounds() -> QuerySet[PublishedRound]:
    """Give what is published, without packs, in order of programme and cohort."""
    return (
        PublishedRound.objects.select_related("round", "round__snapshot")
        .defer("round__pack", "round__snapshot__archive")
        .order_by("programme_id", "cohort_id")
    )


def newest_published(programme_id: str) -> Round | None:
    """Give a programme's published round of the latest day."""
    pointers = PublishedRound.objects.filter(programme_id=programme_id).order_by("-round__on")
    pk = pointers.values_list("round_id", flat=True).first()
    return None if pk is None else round_kept(pk)


# A round never changes once it is kept: what is read of it is read once in each process.
@functools.lru_cache(maxsize=ROUNDS_KEPT)
def round_kept(pk: int) -> Round:
    """Give a round with its snapshot, without pack and archive; to be read, never written."""
    rounds = Round.objects.select_related("snapshot").defer("pack", "snapshot__archive")
    return rounds.get(pk=pk)


@functools.lru_cache(maxsize=ROUNDS_KEPT)
def loads_kept(round_pk: int) -> tuple[HubLoad, ...]:
    """Give every hub's places in a round; to be read, never written."""
    return tuple(loads_of(Round(pk=round_pk)))


def any_round(programme_id: str, round_id: int) -> Round | None:
    """Give one round of a programme, published or not, without its pack."""
    rounds = Round.objects.select_related("snapshot").defer("pack", "snapshot__archive")
    return rounds.filter(programme_id=programme_id, pk=round_id).first()


def rules_of(round_: Round) -> RulesAsAt:
    """Give the rules a round was worked out by, what was changed among them."""
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    if not round_.changes:
        return rules
    return programmes.RuleChanges.from_dict(round_.changes).put_in(rules)


def placements_of(urns: Collection[str]) -> QuerySet[Placement]:
    """Give the places of some schools in every published round."""
    published = PublishedRound.objects.values("round_id")
    return (
        Placement.objects.filter(round_id__in=published, urn__in=urns)
        .select_related("round")
        .defer("round__pack", "round__record")
        .order_by("round__programme_id")
    )


def partners_of(round_: Round, lead_urn: str) -> QuerySet[Placement]:
    """Give the schools matched to a lead in a round, longest journey first."""
    return Placement.objects.filter(round=round_, lead_urn=lead_urn).order_by("-minutes", "urn")


def loads_of(round_: Round) -> QuerySet[HubLoad]:
    """Give every hub's places in a round."""
    return HubLoad.objects.filter(round=round_).order_by("lead_urn", "pathway")


def pack_file(round_: Round, name: str) -> bytes:
    """Give one file of a round's pack.

    Raises
    ------
    KeyError
        If the pack has no such file.
    """
    pack = Round.objects.values_list("pack", flat=True).get(pk=round_.pk)
    with zipfile.ZipFile(io.BytesIO(bytes(pack))) as archive:
        return archive.read(name)


def map_rows(
    round_: Round, phase: str = "", region: str = "", pathway: str = ""
) -> QuerySet[Placement]:
    """Give the matched and the unmatched of a round, by URN; blank filters match all.

    A school without a hub counts under the pathway on which its next hubs lie; under every one
    where no hub is near.
    """
    rows = Placement.objects.filter(
        round=round_, outcome__in=(Outcome.MATCHED, Outcome.UNMATCHED)
    ).order_by("urn")
    if phase:
        rows = rows.filter(phase=phase)
    if region:
        rows = rows.filter(region=region)
    if pathway:
        near = Q(record__options__contains=[{"pathway": pathway}]) | Q(record__options=[])
        rows = rows.filter(Q(pathway=pathway) | Q(outcome=Outcome.UNMATCHED) & near)
    return rows


def placement(round_: Round, urn: str) -> Placement | None:
    """Give a school's place in a round; None where it did not apply."""
    return Placement.objects.filter(round=round_, urn=urn).first()
