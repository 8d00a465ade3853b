"""Who answered what: an attacker with every dump and log does no better than chance.

Of a random order of people about one is right by chance, whatever their number; more than twelve
are right once in ten thousand million tries.
"""

import json
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linking import Evidence, Points, best, dumped
from schoolhubs import diagnosis
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.surveys.doing import answering, closing
from schoolhubs.service.surveys.models import Route, Survey
from schoolhubs.service.surveys.sealing import boxes, codes
from surveyed import WHO, close, opened
from watchful import log_lines

BY_CHANCE = 12
ITEMS = [each.name for each in diagnosis.instrument("pupil-survey").items]


def attacked(superuser: str, n: int) -> tuple[int, str]:
    """Let people answer in an order that the attacker knows; give their best guess."""
    today = timezone.localdate()
    survey, links = opened(
        route=Route.ONE_TIME_LINKS, n_codes=n, opens_on=today, closes_on=today, asks_text=True,
        safeguarding_lead="dsl",
    )  # fmt: skip
    rng = random.Random(20261123)
    order, truth, client = rng.sample(links, n), list[Points](), Client()
    with log_lines() as lines:
        for link in order:
            points = {item: rng.randint(1, 4) for item in ITEMS if rng.random() > 0.1}
            at = reverse("survey-questions", kwargs={"code": link})
            given = {f"item_{item}": str(value) for item, value in points.items()}
            given |= {"group_sex": rng.choice(["female", "male"]), "text": f"Words {rng.random()}"}
            assert client.post(at, given).status_code == 302
            truth.append(tuple(sorted(points.items())))
        open_ = dumped(superuser)
        close(survey)
    told = [codes.code_hash(each) for each in order]
    held = Evidence(open_=open_, closed=dumped(superuser), lines=lines, links=told)
    assert len(held.closed["surveys_surveyanswer"]) == n
    return best(held, truth)


def test_an_attacker_with_every_dump_and_log_does_no_better_than_chance(
    own_database: None, postgres: str
) -> None:
    n, how = attacked(postgres, 1_000)
    assert n <= BY_CHANCE, f"{n} of 1,000 {how}"


def as_they_came(rows: list[Any]) -> list[Any]:
    """Give new keys, and leave the rows in the order in which they were read."""
    for row in rows:
        row.key = uuid.uuid4()
    return rows


def under_the_same_key(kept: dict[str, uuid.UUID]) -> Callable[..., list[Any]]:
    """Give rows the keys that their boxes had."""

    def ordered(rows: list[Any]) -> list[Any]:
        keys = list(kept.values())
        for row, key in zip(rows, keys, strict=False):
            row.key = key
        return sorted(rows, key=lambda row: row.key)

    return ordered


def unsorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "in_key_order", as_they_came)


def unsealed(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(content: Any, lock: str, *, size: int) -> bytes:
        return json.dumps(content).encode().ljust(size)

    monkeypatch.setattr(boxes, "closed", plain)
    monkeypatch.setattr(boxes, "opened", lambda box, _: json.loads(bytes(box)))


def same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    real, kept = codes.key_of_form, {}

    def noted(form: str) -> uuid.UUID:
        return kept.setdefault(form, real(form))

    monkeypatch.setattr(codes, "key_of_form", noted)
    monkeypatch.setattr(closing, "in_key_order", under_the_same_key(kept))


def timed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = answering.answer

    def kept(code: str, said: answering.Answered, **more: Any) -> bool:
        at = timezone.now().isoformat()
        timed_ = answering.Answered(points=said.points, groups={"at": at}, words=said.words)
        return real(code, timed_, **more)

    monkeypatch.setattr(answering, "answer", kept)


@pytest.mark.parametrize("weakness", [unsorted, unsealed, same_key, timed])
def test_with_one_guard_off_the_attacker_wins(
    own_database: None, postgres: str, monkeypatch: pytest.MonkeyPatch,
    weakness: Callable[[pytest.MonkeyPatch], None],
) -> None:  # fmt: skip
    """Negative control: the order kept, answers in the open, one key for both, a time kept."""
    weakness(monkeypatch)
    n, _ = attacked(postgres, 120)
    assert n == 120


def test_nothing_of_an_answer_is_readable_while_the_survey_is_open(
    own_database: None, postgres: str
) -> None:
    survey, (code,) = opened("staff-survey", asks_text=True)
    said = answering.Answered(
        points={"school_calm": 4}, groups={"role": "leader"}, words="The quince tree"
    )
    answering.answer(code, said, form="f", on=WHO["at"].date())
    told = str(dumped(postgres))
    assert "surveys_sealedanswer" in told
    for word in ("quince", "school_calm", b"quince".hex(), b"school_calm".hex()):
        assert word not in told
    close(survey)
    assert "quince" in str(dumped(postgres))  # nothing is lost, and the dump is really read
    assert not Person.objects.exists()
    assert Survey.objects.get().is_unsealed
