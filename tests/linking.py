"""An attacker who wants to know who answered what.

They hold dumps of the whole database, from while a survey was open and from after its end, with
what a copy of its disk adds (the place of each row and the number of its transaction), the web log
and the audit log. And they are a member of staff: they know who replied when, and who was given
which link. What they do not hold is the data folder and the service's secret.
"""

import dataclasses
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from schoolhubs.service import embedded_postgres

Points = tuple[tuple[str, int], ...]
Table = list[dict[str, str]]
ANSWERS = "surveys_surveyanswer"
DISK = 'SELECT ctid::text AS place, xmin::text AS number FROM "{table}" ORDER BY ctid'
TOKEN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}")
COPY = re.compile(r'^COPY public\.("?)(\w+)\1 \((.*)\) FROM stdin;$')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the attacker holds.

    Parameters
    ----------
    open_, closed
        Tables of a dump while the survey was open, and of one after its end; rows as they lie.
    lines
        Of the web log, in order.
    links
        The keyed hash of the link of each person, in the order in which they replied; the attacker
        does not know the key, and is given the hashes all the same.
    """

    open_: Mapping[str, Table]
    closed: Mapping[str, Table]
    lines: Sequence[str]
    links: Sequence[str]


def dumped(superuser: str) -> dict[str, Table]:
    """Dump this test's database, and add what the disk knows of each row."""
    name = connection.settings_dict["NAME"]
    url = superuser.replace("/postgres?", f"/{name}?")
    done = subprocess.run(
        [embedded_postgres.program("pg_dump"), "--data-only", "--dbname", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    tables = dict(_tables(done.stdout.splitlines()))
    with connection.cursor() as cursor:
        for table, rows in tables.items():
            if table.startswith("surveys_") and rows:
                cursor.execute(DISK.format(table=table))
                for row, (place, transaction) in zip(rows, cursor.fetchall(), strict=True):
                    row |= {"ctid": place, "xmin": transaction.zfill(12)}
    return tables


def _tables(lines: Sequence[str]) -> Iterator[tuple[str, Table]]:
    table, columns, rows = "", [], []
    for line in lines:
        if found := COPY.match(line):
            table, rows = found[2], []
            columns = [each.strip().strip('"') for each in found[3].split(",")]
        elif table and line == "\\.":
            yield table, rows
            table = ""
        elif table:
            rows.append(dict(zip(columns, line.split("\t"), strict=True)))


def points_of(said: str) -> Points:
    """Read the chosen points of an answer, wherever they stand in a text."""
    for found in re.finditer(r"\{[^{}]*\}", said):
        try:
            read: dict[str, Any] = json.loads(found[0])
        except ValueError:
            continue
        if read and all(isinstance(value, int) for value in read.values()):
            return tuple(sorted(read.items()))
    return ()


def guesses(held: Evidence) -> Iterator[tuple[str, list[Points]]]:
    """Give every way to guess what each person answered, in the order in which they replied."""
    answers = held.closed.get(ANSWERS, [])
    by_points = [points_of(row["points"]) for row in answers]
    yield "as the rows lie", by_points
    yield "as the rows lie, the last first", by_points[::-1]
    for column in answers[0] if answers else ():
        ordered = sorted(answers, key=lambda row, by=column: row[by])
        yield f"by {column}", [points_of(row["points"]) for row in ordered]
        yield (
            f"by the numbers in {column}",
            [
                points_of(row["points"])
                for row in sorted(answers, key=lambda row, by=column: _number(row[by]))
            ],
        )
    known = {token: points_of(row["points"]) for row in answers for token in _tokens(row)}
    streams = {"links": list(held.links), "web log": list(held.lines)}
    for when, tables in (("open", held.open_), ("closed", held.closed)):
        for table, rows in tables.items():
            if table == ANSWERS and when == "closed":
                continue
            streams[f"{table} while {when}"] = [" ".join(row.values()) for row in rows]
            for column in ("xmin", "key"):
                ordered = sorted(rows, key=lambda row, by=column: row.get(by, ""))
                streams[f"{table} while {when}, by {column}"] = [
                    " ".join(row.values()) for row in ordered
                ]
    for name, stream in streams.items():
        yield f"keys in {name}", [_joined(said, known) for said in stream]
        yield f"answers in {name}", [points_of(_unhexed(said)) for said in stream]
    yield from _by_size(held, answers)


def _by_size(held: Evidence, answers: Table) -> Iterator[tuple[str, list[Points]]]:
    """Match long boxes with long answers."""
    boxes = [row["box"] for row in held.open_.get("surveys_sealedanswer", [])]
    if len(boxes) != len(answers) or not boxes:
        return
    long_first = sorted(range(len(boxes)), key=lambda at: -len(boxes[at]))
    by_length = sorted(answers, key=lambda row: -len(row["points"]))
    guessed: list[Points] = [()] * len(boxes)
    for at, row in zip(long_first, by_length, strict=True):
        guessed[at] = points_of(row["points"])
    yield "by the size of boxes", guessed


def right(held: Evidence, truth: Sequence[Points]) -> dict[str, int]:
    """Count for each way of guessing how many people it has right."""
    return {
        how: sum(one == told for one, told in zip(guess, truth, strict=False))
        for how, guess in guesses(held)
    }


def best(held: Evidence, truth: Sequence[Points]) -> tuple[int, str]:
    """Give the most that any way of guessing has right, and which."""
    return max((n, how) for how, n in right(held, truth).items())


def _tokens(row: Mapping[str, str]) -> set[str]:
    """Name what might stand in another table too; the survey itself is in every row."""
    told = {name: value for name, value in row.items() if name != "survey_id"}
    return {found for value in told.values() for found in TOKEN.findall(value)}


def _joined(said: str, known: Mapping[str, Points]) -> Points:
    return next((known[found] for found in TOKEN.findall(said) if found in known), ())


def _number(said: str) -> tuple[int, ...]:
    return tuple(int(each[:15]) for each in re.findall(r"\d+", said))


def _unhexed(said: str) -> str:
    """Read bytes that a dump writes in hexadecimal digits."""
    found = re.search(r"\\\\x([0-9a-f]+)", said)
    return bytes.fromhex(found[1]).decode("latin-1") if found else said
