"""Faults of the network and of Notify, workers killed: each letter arrives once, in order."""

import collections
import datetime
import subprocess

import pytest
from django.utils import timezone

from posting import Post, draft, post, written
from schoolhubs.service.letters.models import UNFINISHED, Letter, State
from schoolhubs.service.letters.post import sending
from schoolhubs.service.letters.post.local_notify import Faults, PostBox
from working import until, worker

N_SCHOOLS, N_EACH = 150, 2
# Three requests in ten go wrong, each in one of six ways.
THREE_IN_TEN = Faults(
    too_many=0.05, error=0.05, slow_before=0.05, slow_after=0.05, cut_before=0.05, cut_after=0.05,
    slow_seconds=0.8, seed=7,
)  # fmt: skip
LOST_ANSWERS = Faults(cut_after=0.3, cut_before=0.1, error=0.1, seed=7)
POINTS = ("claimed", "answered", "kept", "answered")


class Clock:
    """A clock that a test sets on, so that nobody waits for what is due later."""

    def __init__(self) -> None:
        self.ahead = datetime.timedelta()

    def __call__(self) -> datetime.datetime:
        """Give the moment."""
        return timezone.now() + self.ahead

    def wait_until(self, at: datetime.datetime) -> None:
        """Set it on to a moment."""
        self.ahead += max(at - self(), datetime.timedelta())


def many(n_schools: int = N_SCHOOLS, n_each: int = N_EACH) -> int:
    """Write several letters to each of many schools."""
    return written(
        *(
            draft(about=f"application:AB-{urn}/{n}", urn=str(urn))
            for n in range(n_each)
            for urn in range(900_001, 900_001 + n_schools)
        )
    )


def sent_to_the_end(there: Post, *, asks_first: bool = True) -> None:
    """Send until nothing is left, waiting by the clock alone."""
    clock = Clock()
    sender = there.sender(clock=clock, asks_first=asks_first)
    for _ in range(5_000):
        again = sending.send_due(sender)
        if again is None:
            return
        clock.wait_until(again)
    raise AssertionError("letters are left after many tries")


def arrived_twice(box: PostBox) -> list[str]:
    counted = collections.Counter(each["reference"] for each in box.accepted)
    return [reference for reference, n in counted.items() if n > 1]


def arrived_out_of_order(box: PostBox) -> list[str]:
    arrived: dict[str, list[str]] = collections.defaultdict(list)
    for each in box.accepted:
        arrived[each["email_address"]].append(each["reference"])
    wrong = []
    for to, references in arrived.items():
        written_so = Letter.objects.filter(to=to).order_by("pk").values_list("reference", flat=True)
        if references != [str(each) for each in written_so]:
            wrong.append(to)
    return wrong


@pytest.mark.django_db
def test_answers_that_are_lost_lead_to_no_second_letter() -> None:
    n = many()
    with post(LOST_ANSWERS) as there:
        sent_to_the_end(there)
    assert (arrived_twice(there.box), arrived_out_of_order(there.box)) == ([], [])
    assert len(there.box.accepted) == Letter.objects.filter(state=State.SENT).count() == n
    assert there.box.drawn["cut_after"] > 30
    ids = {each["reference"]: each["id"] for each in there.box.accepted}
    assert ids == {str(each.reference): each.notify_id for each in Letter.objects.all()}


@pytest.mark.django_db
def test_without_asking_by_reference_letters_arrive_twice() -> None:
    """The test above can see: the asking taken away, the same faults make second letters."""
    many(20, 2)
    with post(LOST_ANSWERS) as there:
        sent_to_the_end(there, asks_first=False)
    assert len(arrived_twice(there.box)) > 5


def test_with_workers_killed_and_three_requests_in_ten_failing_each_arrives_once(
    own_database: None,
) -> None:
    n = many(75, 2)

    def left() -> int:
        return Letter.objects.filter(state__in=UNFINISHED).count()

    # An answer is waited for longer than a busy machine takes to give one, or all go wrong.
    with post(THREE_IN_TEN, seconds=0.5) as there:
        for point in POINTS:
            told = {**there.environ, "SCHOOLHUBS_FAULT_AT": f"letters.{point}"}
            with worker(**told) as process:
                try:
                    code = process.wait(60)
                except subprocess.TimeoutExpired:
                    pytest.fail(f"the worker never came by letters.{point}")
            assert code == -9, point
        with worker(**there.environ):
            until(lambda: not left(), "every letter is sent", so_far=left)
    assert (arrived_twice(there.box), arrived_out_of_order(there.box)) == ([], [])
    assert len(there.box.accepted) == Letter.objects.filter(state=State.SENT).count() == n
    share = sum(there.box.drawn.values()) / there.box.n_asked
    print(f"\n{n} letters, {there.box.n_asked} requests, {share:.0%} of them failed")
    assert 0.2 < share < 0.4
    assert len(there.box.drawn) == 6
