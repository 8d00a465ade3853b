"""Letters are written with what they tell of, tried again, and their addresses forgotten."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import kinds, queries
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.letters.models import Letter, State
from schoolhubs.vocabulary.errors import Conflict

ROWS_AT_ONCE = 2_000


def write(drafts: Iterable[Draft], *, by: str, at: datetime.datetime, place: str) -> int:
    """Write letters, as part of the transaction that does what they tell of.

    One that was written before about the same occasion is left alone. Where nobody can be written
    to, the letter is kept all the same, for the organisation's own page and for the office.

    Returns
    -------
    int
        Letters written, one for each address.

    Raises
    ------
    RuntimeError
        If called outside a transaction: the thing done and its letters must stand or fall together.
    """
    return keep(prepared(drafts, by=by, at=at, place=place))


def prepared(
    drafts: Iterable[Draft], *, by: str, at: datetime.datetime, place: str
) -> list[Letter]:
    """Look up whom letters go to, and leave out those written before; nothing is written yet.

    For an action that others queue behind: it is asked before the queue, and kept inside.
    """
    given = list(drafts)
    before = queries.written_before(given) if given else set()
    new = {_occasion(draft): draft for draft in given if _occasion(draft) not in before}
    return list(_rows(list(new.values()), by=by, at=at, place=place))


def keep(rows: Sequence[Letter]) -> int:
    """Write letters that are prepared, as :func:`write` does.

    Raises
    ------
    RuntimeError
        If called outside a transaction: the thing done and its letters must stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("letters are written in the transaction of what they tell of")
    Letter.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    if any(row.state == State.WAITING for row in rows):
        _ask_to_send()
    return len(rows)


def _occasion(draft: Draft) -> tuple[str, str, str]:
    return draft.kind, draft.about, draft.organisation_key


def _rows(drafts: list[Draft], *, by: str, at: datetime.datetime, place: str) -> Iterator[Letter]:
    for draft, addresses in zip(drafts, queries.addresses_of(drafts), strict=True):
        for address in addresses or ("",):
            yield _letter(draft, address, by=by, at=at, place=place)


def _letter(draft: Draft, to: str, *, by: str, at: datetime.datetime, place: str) -> Letter:
    return Letter(
        kind=draft.kind, about=draft.about, organisation=draft.organisation_key, to=to,
        facts=dict(draft.facts), path=draft.path, reference=uuid.uuid4(),
        state=State.WAITING if to else State.NOBODY,
        written_at=at, written_by=by, place=place, not_before=at,
    )  # fmt: skip


def try_again(
    letter: Letter, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> None:
    """Send a stopped letter again; one that had nobody goes to whoever is known by now.

    Raises
    ------
    Conflict
        If it is neither, or there is still nobody.
    """
    with transaction.atomic():
        held = Letter.objects.select_for_update().get(pk=letter.pk)
        if held.state == State.NOBODY:
            _address(held, by=by, at=at, place=place)
        elif held.state != State.FAILED or held.forgotten_at:
            raise Conflict("It is not stopped any more, so there was nothing to try again.")
        _wait_anew(held, at)
        held.save()
        _ask_to_send()
        audit.record(
            by=by, at=at, action="letter.try-again", subject=f"letter:{held.pk}", place=place,
            organisation=organisation, details={"kind": held.kind},
        )  # fmt: skip


def try_all_again(*, by: str, organisation: str, at: datetime.datetime, place: str) -> int:
    """Send every stopped letter again.

    Returns
    -------
    int
        How many.
    """
    with transaction.atomic():
        stopped = Letter.objects.filter(state=State.FAILED, forgotten_at__isnull=True)
        n = stopped.update(state=State.WAITING, n_tries=0, not_before=at)
        if n:
            _ask_to_send()
        audit.record(
            by=by, at=at, action="letter.try-all-again", subject="letters", place=place,
            organisation=organisation, details={"letters": n},
        )  # fmt: skip
    return n


def forget(*, before: datetime.datetime, by: str, at: datetime.datetime, place: str) -> int:
    """Erase the addresses of letters written before a moment; what is still to be sent keeps its.

    Returns
    -------
    int
        Addresses erased.
    """
    with transaction.atomic():
        over = Letter.objects.filter(
            written_at__lt=before, state__in=(State.SENT, State.FAILED), forgotten_at__isnull=True
        )
        n = over.update(to="", forgotten_at=at)
        if not n:
            return 0
        audit.record(
            by=by, at=at, action="letter.forget", subject="letters", place=place,
            details={"letters": n, "before": before.isoformat()},
        )  # fmt: skip
    return n


def _wait_anew(held: Letter, at: datetime.datetime) -> None:
    held.state, held.n_tries, held.not_before = State.WAITING, 0, at


def _address(held: Letter, *, by: str, at: datetime.datetime, place: str) -> None:
    """Give a letter that had nobody its addresses; a second address gets a letter of its own."""
    draft = Draft(
        kind=held.kind, about=held.about, organisation_key=held.organisation, facts=held.facts,
        path=held.path,
    )  # fmt: skip
    found = queries.addresses_of([draft])[0]
    if not found:
        raise Conflict(
            "Nobody is known for the organisation yet: somebody must sign in for it first, in a "
            f"role that gets letters ({', '.join(_titles(held.kind))}). Nothing was sent."
        )
    held.to = found[0]
    Letter.objects.bulk_create(
        _letter(draft, address, by=by, at=at, place=place) for address in found[1:]
    )


def _titles(kind: str) -> list[str]:
    return [role.meaning.title for role in kinds.kinds()[kind].roles]


def _ask_to_send() -> None:
    from schoolhubs.service.letters.tasks import send  # known once Django is ready

    send.defer()
