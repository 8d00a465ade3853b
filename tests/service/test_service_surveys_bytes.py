"""What the database's own files keep of answers after the end: dead rows and the write-ahead log.

A dump shows rows that live. Its files show more: rows that were deleted, until they are cleaned
away, and the log of every change with the order and the second in which it was made. The attacker
here reads those bytes, and knows the order in which people replied.
"""

import os
import random
import re
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from schoolhubs.service.surveys.doing import answering, closing
from schoolhubs.service.surveys.models import Route, SealedAnswer, Survey
from schoolhubs.service.surveys.sealing import boxes, codes, keys
from surveyed import close, opened

N, BY_CHANCE = 150, 12  # of a random order about one is right, whatever their number
PIECE = 48  # bytes of a box by which it is known again
FILES = """
SELECT pg_relation_filepath(c.oid) FROM pg_class c
WHERE c.relname LIKE 'surveys\\_%' AND c.relkind IN ('r', 'i')
UNION SELECT pg_relation_filepath(c.reltoastrelid) FROM pg_class c
WHERE c.relname LIKE 'surveys\\_%' AND c.reltoastrelid <> 0
"""


class Disk:
    """The files of this test's database, and the log since it was begun.

    The log is of all databases of the server, so what is looked for carries this test's own tag:
    an answer that another test left in the open, or is leaving beside this one, is none of ours.
    """

    def __init__(self, superuser: str) -> None:
        self.tag = uuid.uuid4().hex[:6]
        self.marks = re.compile(rb"zq(\d{4})" + self.tag.encode())
        name = connection.settings_dict["NAME"]
        self.url = superuser.replace("/postgres?", f"/{name}?")
        with self.connected() as held:
            (self.first,) = held.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()

    def mark(self, number: int) -> str:
        """Give what stands in the answer of a person, and in their words."""
        return f"zq{number:04}{self.tag}"

    def connected(self) -> "psycopg.Connection[tuple[str, ...]]":
        return psycopg.connect(self.url, autocommit=True)

    def log(self) -> bytes:
        """Give the write-ahead log from the beginning on, in the order it was written."""
        with self.connected() as held:
            held.execute("SELECT pg_switch_wal()")
            listed = held.execute(
                "SELECT name FROM pg_ls_waldir() WHERE name >= %s AND name < "
                "pg_walfile_name(pg_current_wal_lsn()) ORDER BY name", [self.first],
            ).fetchall()  # fmt: skip
            return b"".join(self._read(held, f"pg_wal/{name}") for (name,) in listed)

    def tables(self) -> bytes:
        """Give the files of the surveys' tables, what was deleted in them too."""
        with self.connected() as held:
            held.execute("CHECKPOINT")
            return b"".join(self._read(held, path) for (path,) in held.execute(FILES).fetchall())

    @staticmethod
    def _read(held: "psycopg.Connection[tuple[str, ...]]", path: str) -> bytes:
        found = held.execute("SELECT pg_read_binary_file(%s)", [path]).fetchone()
        assert found is not None
        return bytes(found[0])  # type: ignore[call-overload]


@pytest.fixture
def disk(own_database: None, postgres: str) -> Disk:
    return Disk(postgres)


def answered(disk: Disk) -> tuple[Survey, list[str]]:
    """Have people reply in the order of their numbers, which the attacker knows."""
    today = timezone.localdate()
    survey, links = opened(
        "staff-survey", route=Route.ONE_TIME_LINKS, n_codes=N, opens_on=today, closes_on=today,
        asks_text=True,
    )  # fmt: skip
    order = random.Random(5).sample(links, N)
    for number, link in enumerate(order):
        mark = disk.mark(number)
        said = answering.Answered(
            points={"school_calm": 1 + number % 4}, groups={"role": mark}, words=f"So {mark} says"
        )
        assert answering.answer(link, said, form=codes.new_form(), on=today)
    return survey, order


def orders(disk: Disk, told: bytes) -> Iterator[list[int]]:
    """Give the orders in which people's marks stand in bytes: first and last place of each."""
    places = [int(found[1]) for found in disk.marks.finditer(told)]
    for seen in (places, places[::-1]):
        first = list(dict.fromkeys(seen))
        yield first
        yield first[::-1]


def most_right(disk: Disk, told: bytes) -> int:
    """Count whom the best of these orders has in the place in which they replied."""
    return max(sum(at == who for at, who in enumerate(order)) for order in orders(disk, told))


def test_the_files_keep_no_order_of_answers_and_no_key(disk: Disk) -> None:
    survey, order = answered(disk)
    for held in (disk.log(), disk.tables()):
        assert not disk.marks.search(held), "an answer stands in the open while the survey is open"
        assert codes.code_hash(order[0]).encode() in held  # the bytes are really read
    opener = keys.opener(survey.pk)
    close(survey)
    log, tables = disk.log(), disk.tables()
    for held in (log, tables):
        assert {int(each) for each in disk.marks.findall(held)} == set(range(N))
        assert most_right(disk, held) <= BY_CHANCE
        assert opener not in held
    assert not list(keys.folder().glob(survey.pk.hex))


def place_of(box: bytes, log: bytes) -> int:
    """Give where a box stands in the log, by a piece that no head of a page of it cuts in two."""
    pieces = range(0, len(box) - PIECE, PIECE)
    found = [log.find(box[at : at + PIECE]) - at for at in pieces]
    return min((each for each in found if each > 0), default=len(log))


def test_what_protects_is_that_the_key_is_gone(disk: Disk) -> None:
    """The log keeps every box in the order it came, beside the link it came by: who has the key
    has everything. So it is destroyed, and the page on surveys says to keep no copy."""
    survey, _ = answered(disk)
    kept = keys.opener(survey.pk)
    whole = [bytes(each) for each in SealedAnswer.objects.values_list("box", flat=True)]
    close(survey)
    assert not SealedAnswer.objects.exists()
    log = disk.log()
    came = sorted(whole, key=lambda box: place_of(box, log))
    assert place_of(came[-1], log) < len(log), "boxes are still in the log"
    told = [boxes.opened(box, kept)["groups"]["role"] for box in came]
    assert told == [disk.mark(number) for number in range(N)]


def test_without_new_keys_in_order_the_log_tells_who_said_what(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: answers written as they came are found by these very bytes."""
    monkeypatch.setattr(closing, "in_key_order", list)
    survey, _ = answered(disk)
    close(survey)
    assert most_right(disk, disk.log()) > 0.8 * N


def plain(said: object, lock: str, *, size: int) -> bytes:
    written = str(said).encode()
    return written + os.urandom(size - len(written))


def test_without_sealing_the_files_tell_while_a_survey_is_open(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other control. What fills the box is random, as zeros would be stored squeezed."""
    monkeypatch.setattr(boxes, "closed", plain)
    answered(disk)
    assert most_right(disk, disk.log()) > 0.8 * N
