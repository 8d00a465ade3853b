"""Sends forms what nobody meant them to get, and judges the answers.

Mutations are drawn with a seed, so that a fault found is found again. Each is sent inside a
transaction that is rolled back: every one meets the same database.
"""

import copy
import dataclasses
import html
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_from_bytes

from django.db import connection, transaction
from django.http import HttpResponse

from watchful import Leak, WatchfulClient, text_of

SEED = 20261122
FEWEST = 50
LONGEST_QUERY = 8_000
MOST = 64
SCRIPT = '<script>alert("zq")</script>'
SUM, PRODUCT = "{{ 31337 * 1021 }}", str(31337 * 1021)
# Texts of every kind that has broken a form somewhere; bytes are sent as they stand.
HOSTILE: Mapping[str, str | bytes] = {
    "empty": "",
    "blank": " \t ",
    "long": "x" * 2_001,
    "huge": "x" * 200_000,
    "NUL": "a\0b",
    "bad UTF-8": b"\xff\xfe",
    "half a surrogate": b"\xed\xa0\x80",
    "right to left": "\u202ereverof",
    "emoji": "🏫👩🏽‍🏫" * 20,
    "no width": "\u200b\u2060",
    "combining": "e" + "\u0301" * 500,
    "SQL": "' OR 1=1; DROP TABLE eligibility_application; --",
    "HTML": SCRIPT,
    "attribute": '" autofocus onfocus="alert(1)',
    "template": SUM + "{% debug %}${7*7}",
    "header": "a\r\nSet-Cookie: zq=1",
    "formula": "=cmd|' /C calc'!A0",
    "path": "../../../../etc/passwd",
    "address": "//evil.example/",
    "negative": "-1",
    "float": "1e309",
    "nan": "NaN",
    "infinite": "-Infinity",
    "superscript": "²",
    "other digits": "٣٤",
    "wide digits": "１２",
    "long number": "9" * 4_500,
    "number past 64 bits": str(2**64),
    "zero": "0",
    "true": "true",
    "list": "[]",
    "object": '{"$gt": ""}',
    "year 0": "0000-00-00",
    "year 9999": "9999-12-31",
    "no such day": "31/02/2026",
    "no such choice": "no-such-choice",
    "another's URN": "900002",
    "another's id": "1",
    "percent": "%s%n%00",
}
# What broke a form that the draw had spared: sent to every field.
ALWAYS = ("NUL", "bad UTF-8", "half a surrogate", "long number")
# What a careless form would take over into a row.
MASS = {
    "state": "agreed", "urn": "900002", "programme_id": "behaviour-hubs-2021", "version": "99",
    "reference": "ZQ-1", "organisation": "office:zq", "by": "zq", "decided_by": "zq",
    "agreed_by": "zq", "submitted_by": "zq", "step": "kept", "is_stopped": "true",
    "roles": "auditor", "snapshot": "1", "round": "1", "id": "1", "pk": "1", "_state": "x",
    "__class__": "x",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutation:
    """One request: what was done to the form, and the body (or query) with its content type."""

    label: str
    field: str
    body: bytes
    content_type: str = "application/x-www-form-urlencoded"

    @property
    def is_address(self) -> bool:
        """It can be sent as a query: nothing but fields, and no longer than servers take."""
        return self.content_type == type(self).content_type and len(self.body) < LONGEST_QUERY


def mutations(good: Mapping[str, Any], *, rng: random.Random) -> list[Mutation]:
    """Give at least fifty mutations of a form's good answers; not all are left to the draw."""
    fields = list(good) or ["version", "next"]
    spared = always(good, fields)
    values = [_set(good, field, label) for field in fields for label in HOSTILE]
    whole = list(_structural(good, fields))
    rng.shuffle(values)
    drawn = [each for each in values[: max(MOST - len(whole), 40)] if each not in spared]
    return [*whole, *spared, *drawn]


def always(good: Mapping[str, Any], fields: Sequence[str]) -> list[Mutation]:
    """Give what every field is sent, also those that a good answer may leave out."""
    return [_set(good, field, label) for field in fields for label in ALWAYS]


def _set(good: Mapping[str, Any], field: str, label: str) -> Mutation:
    body = encoded({**good, field: HOSTILE[label]})
    return Mutation(label=f"{field}: {label}", field=field, body=body)


def _structural(good: Mapping[str, Any], fields: Sequence[str]) -> Iterator[Mutation]:
    """Give mutations of the form as a whole: fields missing, doubled, added, or sent otherwise."""
    for field in fields:
        without = {name: value for name, value in good.items() if name != field}
        yield Mutation(label=f"{field}: missing", field=field, body=encoded(without))
        twice = encoded({**good, field: [good.get(field, "1"), "zq-second"]})
        yield Mutation(label=f"{field}: doubled", field=field, body=twice)
        renamed = encoded({**without, f"{field}[]": good.get(field, "")})
        yield Mutation(label=f"{field}: named as a list", field=field, body=renamed)
        parts = _multipart({**without, field: ("evil.txt", b"\0\xff not text")})
        yield Mutation(label=f"{field}: a file", field=field, body=parts, content_type=MULTIPART)
    plain = encoded(good)
    more = encoded({**good, **{name: value for name, value in MASS.items() if name not in good}})
    yield Mutation(label="more fields", field="", body=more)
    yield Mutation(label="nothing", field="*", body=b"")
    many = plain + b"&" + b"&".join(b"zq%d=1" % n for n in range(1_200))
    yield Mutation(label="1,200 fields", field="*", body=many)
    yield Mutation(label="NUL in a name", field="*", body=plain + b"&a%00b=1")
    yield Mutation(label="only separators", field="*", body=b"&&&===&&&")
    for content_type, body in (
        ("application/json", json.dumps({**good}, default=str).encode()),
        ("text/plain", plain),
        ("application/x-www-form-urlencoded; charset=no-such", plain),
        ("multipart/form-data", plain),
        (MULTIPART, b"--zqzq\r\nContent-Disposition: form-data; name="),
        ("multipart/form-data; boundary=" + "z" * 300, plain),
    ):
        label = f"sent as {content_type[:45]}"
        yield Mutation(label=label, field="*", body=body, content_type=content_type)


MULTIPART = "multipart/form-data; boundary=zqzq"


def encoded(fields: Mapping[str, Any]) -> bytes:
    """Encode a form; lists are sent as a field several times, bytes as they stand."""
    pairs = [
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(_bytes(each))}"
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return "&".join(pairs).encode()


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _multipart(fields: Mapping[str, Any]) -> bytes:
    parts = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            is_file = isinstance(each, tuple)
            file = f'; filename="{each[0]}"\r\nContent-Type: text/plain' if is_file else ""
            head = f'--zqzq\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            parts += [head.encode(), each[1] if is_file else _bytes(each), b"\r\n"]
    return b"".join([*parts, b"--zqzq--\r\n"])


# --- what the database was changed by --------------------------------------------------------

QUIET, EVENT = {"django_session"}, "event"
# As pg_stat_xact_user_tables counts them, which counts every index of the database beside.
TOUCHED = """SELECT relname, pg_stat_get_xact_tuples_inserted(oid)
 + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)
 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""


def touched() -> dict[str, int]:
    """Count the rows written to each table in this transaction, also those taken back."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED)
        return dict(cursor.fetchall())


def digest(table: str) -> str:
    """Give one digest of a table's rows."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT md5(string_agg(t::text, chr(1) ORDER BY t::text)) FROM "{table}" t')
        return str(cursor.fetchone()[0])


class Untouched:
    """The tables as they stand now; tells which of them are otherwise later."""

    def __init__(self) -> None:
        self._digests = {table: digest(table) for table in touched()}
        self._counts = touched()  # as at the last look, of those that were the same then

    def changed(self) -> set[str]:
        """Name the tables whose rows are no longer what they were."""
        now = touched()
        moved = {name for name in now if now[name] != self._counts.get(name, 0)} - QUIET
        changed = {name for name in moved if digest(name) != self._digests[name]}
        self._counts |= {name: now[name] for name in moved - changed}
        # The history of a table is kept by the database itself, and goes with it.
        kept = {name for name in changed if name.removesuffix(EVENT) in changed}
        return {name for name in changed if name not in kept or not name.endswith(EVENT)}


# --- judging an answer ------------------------------------------------------------------------

UNDERSTOOD = {200, 302, 303, 400, 403, 404, 405, 409, 413, 422, 429}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What an answer to a form may do.

    Parameters
    ----------
    writes
        Tables it may change when it is taken; none where it answers otherwise.
    refusals
        Tables a refusal may leave a trace in.
    keeps
        Good texts that stay on the page whenever it is shown again.
    guards
        Queries whose answer stays what it was, whatever is sent: mass assignment shows here.
    """

    writes: frozenset[str] = frozenset()
    refusals: frozenset[str] = frozenset({"audit_auditentry"})
    keeps: Mapping[str, str] = dataclasses.field(default_factory=dict)
    guards: tuple[str, ...] = ()


def asked(guards: Sequence[str]) -> list[Any]:
    """Answer the guarding queries."""
    with connection.cursor() as cursor:
        answers = []
        for guard in guards:
            cursor.execute(guard)
            answers.append(cursor.fetchall())
        return answers


def faults(
    client: WatchfulClient, method: str, address: str, mutation: Mutation, allowed: Allowed,
    before: tuple[Untouched, list[Any]],
) -> list[str]:  # fmt: skip
    """Send one mutation, judge the answer, and take everything back."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        try:
            response = _sent(client, method, address, mutation)
            said = [*_of_answer(response, method), *_of_text(response, mutation, allowed)]
            changed = before[0].changed()
            may = allowed.writes if response.status_code in {302, 303} else frozenset()
            if wrong := sorted(changed - may - allowed.refusals):
                said.append(f"changed {', '.join(wrong)}")
            if asked(allowed.guards) != before[1]:
                said.append("changed what no form may")
        except Leak as leak:
            said = [str(leak)]
        finally:
            client.cookies = cookies
            transaction.set_rollback(True)
    return [f"{method} {address} with {mutation.label}: {each}" for each in said]


def _sent(client: WatchfulClient, method: str, address: str, mutation: Mutation) -> HttpResponse:
    if method == "GET":
        return client.generic("GET", address, QUERY_STRING=mutation.body.decode())
    return client.generic(method, address, mutation.body, content_type=mutation.content_type)


def _of_answer(response: HttpResponse, method: str) -> Iterator[str]:
    status = response.status_code
    if status not in UNDERSTOOD:
        yield f"answered {status}"
        return
    if "zq" in response.cookies:
        yield "a header was taken from what was typed"
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if status in {302, 303}:
        if "evil.example" in response.headers["Location"].partition("?")[0]:
            yield f"led out of the service, to {response.headers['Location']}"
        return
    if not is_page:
        return
    text = text_of(response)
    if text.count("<h1") != 1:
        yield f"answered {status} with {text.count('<h1')} headings"
    if method == "POST" and status == 200 and "There is a problem" not in text:
        yield "showed the page again and said nothing of a problem"
    if len(re.findall(r"<p[ >]", text)) < 2 and status >= 400:
        yield f"answered {status} and said nothing of what to do"


def _of_text(response: HttpResponse, mutation: Mutation, allowed: Allowed) -> Iterator[str]:
    text = text_of(response)
    if SCRIPT in text or 'onfocus="alert(1)' in text:
        yield "put what was typed into the page as markup"
    if PRODUCT in text or PRODUCT[:2] + "," + PRODUCT[2:] in text:
        yield "worked out what was typed as a template"
    if response.status_code not in {200, 409, 422} or mutation.field == "*":
        return
    page = html.unescape(text)
    for field, good in allowed.keeps.items():
        if field != mutation.field and good not in page:
            yield f"lost what was typed as {field}"
