"""The rush for an open day through its pages: 500 people send the form at one moment.

``python -m benchmarks.open_days_pages [--json] [--times N] [--roles-are-old]``

Two web workers, as the service starts them, on the embedded PostgreSQL. Each of 500 heads is
signed in and has the form open; all send it over a connection of their own, and whoever has places
held books them on the next page. Seconds count from the common start to the last answer a person
gets, so that queueing for a worker is in them. No goal is held against it: what it measures is
mostly how many pages the two workers answer a second; ``benchmarks.open_days`` measures places.
Roles older than a minute are asked for anew, of the demonstration's own provider of sign-ins, which
answers beside: in a rush of more than a minute, and with ``--roles-are-old`` at everybody's first
page. Without a provider those pages answer 503, as they have to.
"""

import argparse
import asyncio
import contextlib
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.open_days import N_PLACES, N_SCHOOLS, TESTS
from schoolhubs.service import supervisor
from schoolhubs.service.demo import post, sign_in
from schoolhubs.service.supervisor.running import gunicorn

PORT, WORKERS, PATIENCE_SECONDS = 8391, 2, 60.0
FORM_SECRET = "q" * 32  # any form's own, the same for all: what is measured is no forgery


def measure(times: int, folder: Path, *, are_old: bool = False) -> dict[str, Any]:
    """Let the rush happen so often; give what became of everybody."""
    with supervisor.databases(folder / "postgres", {}) as urls:
        os.environ |= {
            **sign_in.environment(PORT + 1),
            **post.environment(post.free_address(), supervisor.Address(port=PORT)),
            "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
            "DATABASE_URL": urls.service_url,
            "SCHOOLHUBS_SECRET_KEY": supervisor.kept_secret(folder),
            "SCHOOLHUBS_HOSTS": '["127.0.0.1"]',
            "SCHOOLHUBS_DATA": str(folder),
            "SCHOOLHUBS_ANCHORS": str(folder / "anchors.jsonl"),
        }
        owner = {**os.environ, "DATABASE_URL": urls.owner_url}
        supervisor.manage(["migrate", "--no-input"], owner)
        supervisor.manage(["collectstatic", "--no-input", "--verbosity", "0"], dict(os.environ))
        import django

        django.setup()
        sys.path.insert(0, str(TESTS))
        found: list[dict[str, Any]] = []
        _tell_provider(folder)
        with _served(folder):
            for _ in range(times):
                event, people = _day(are_old=are_old)
                found.append(asyncio.run(_rush(event.pk, people)))
                event.refresh_from_db()
                found[-1]["taken"] = event.n_taken
                _call_off(event)
        return {"schools": N_SCHOOLS, "places": N_PLACES, "workers": WORKERS, "rushes": found}


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[None]:
    commands = [
        gunicorn(supervisor.Address(port=PORT), WORKERS),
        sign_in.provider_command(PORT + 1, folder),
    ]
    with (folder / "log").open("w") as log:
        processes = [subprocess.Popen(each, stdout=log, stderr=log) for each in commands]
    try:
        _wait(processes[0], f"http://127.0.0.1:{PORT}/healthz", folder / "log")
        _wait(processes[1], f"http://127.0.0.1:{PORT + 1}/", folder / "log")
        yield
    finally:
        for each in processes:
            each.terminate()
        for each in processes:
            each.wait(PATIENCE_SECONDS)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).read()
        except urllib.error.HTTPError:
            return  # whoever refuses answers
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{address} did not answer.\n{log.read_text()[-3000:]}")


def _tell_provider(folder: Path) -> None:
    """Make the hub, and tell the provider of the heads of its partners."""
    from eventful import hub_of
    from schoolhubs.service.accounts.local_people import LocalMembership, LocalPerson, write_people
    from schoolhubs.service.accounts.roles import Role
    from schoolhubs.service.partnerships.models import Partnership

    hub_of(N_SCHOOLS)
    urns = Partnership.objects.values_list("partner_urn", flat=True)
    heads = [
        LocalPerson(
            subject=f"head-{urn}", given_name="Head", family_name=urn, email=f"head@{urn}.example",
            memberships=[LocalMembership(
                organisation={"id": f"school-{urn}", "name": urn},
                roles=[Role.PARTNER_SCHOOL_HEAD.value],
            )],
        )
        for urn in urns
    ]  # fmt: skip
    write_people(folder / sign_in.PEOPLE_FILE, heads)


def _day(*, are_old: bool) -> tuple[Any, list[tuple[str, int]]]:
    """Give a day that can be booked today, and the cookies and partnership of each head."""
    from django.db.models import F
    from django.utils import timezone

    from eventful import LEAD, open_day
    from invented import PROGRAMME
    from schoolhubs.service.accounts.models import Membership
    from schoolhubs.service.network.models import Hub
    from schoolhubs.service.partnerships.models import Partnership

    hub = Hub.objects.get(programme_id=PROGRAMME, lead_urn=LEAD)
    today = timezone.localdate()
    Partnership.objects.update(
        starts_on=today - datetime.timedelta(days=30),
        finishes_on=today + datetime.timedelta(days=200), version=F("version") + 1,
    )  # fmt: skip
    event = open_day(hub, N_PLACES, today + datetime.timedelta(days=21))
    people = [(_cookies(each), each.pk) for each in Partnership.objects.order_by("pk")]
    asked_ago = datetime.timedelta(hours=1 if are_old else 0)
    Membership.objects.update(checked_at=timezone.now() - asked_ago)
    return event, people


def _cookies(one: Any) -> str:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from schoolhubs.service.accounts import sessions
    from schoolhubs.service.accounts.models import Membership, Organisation, Person
    from schoolhubs.service.accounts.roles import Role

    now = timezone.now()
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id=f"school-{one.partner_urn}",
        defaults={"kind": "school", "urn": one.partner_urn, "name": one.partner_urn},
    )
    person, _ = Person.objects.get_or_create(
        subject=f"head-{one.partner_urn}",
        defaults={"first_signed_in_at": now, "last_signed_in_at": now, "name": "Head",
                  "email": f"head@{one.partner_urn}.example"},
    )  # fmt: skip
    Membership.objects.update_or_create(
        person=person, organisation=organisation,
        defaults={"roles": [Role.PARTNER_SCHOOL_HEAD], "checked_at": now},
    )  # fmt: skip
    session = SessionStore()
    session[sessions.PERSON], session[sessions.ORGANISATION] = person.pk, organisation.pk
    session[sessions.SIGNED_IN_AT] = session[sessions.SEEN_AT] = now.isoformat()
    session.create()
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; "
        f"{settings.CSRF_COOKIE_NAME}={FORM_SECRET}"
    )


def _call_off(event: Any) -> None:
    from eventful import WHO
    from schoolhubs.service.events.doing import preparing

    preparing.call_off(event, reason="Measured", version=event.version, **WHO)


async def _rush(event_id: int, people: list[tuple[str, int]]) -> dict[str, Any]:
    began = time.perf_counter()

    async def one(cookies: str, partnership_id: int) -> tuple[str, float]:
        form = {f"n_{partnership_id}": "1", "key": str(uuid.uuid4()), "roles": "Head"}
        status, where = await _send(f"/events/{event_id}/book", form, cookies)
        if status == 302:
            status, where = await _send(where, {}, cookies)
            said = "booked" if status == 302 else f"booking answered {status}"
        else:
            said = "full" if status == 409 else f"holding answered {status}"
        return said, time.perf_counter() - began

    answers = await asyncio.gather(*(one(*each) for each in people))
    seconds = sorted(each for _, each in answers)
    return {
        "answers": dict(Counter(said for said, _ in answers)),
        "p50_seconds": seconds[len(seconds) // 2],
        "p95_seconds": seconds[-(-95 * len(seconds) // 100) - 1],
        "last_seconds": seconds[-1],
    }


async def _send(path: str, form: dict[str, str], cookies: str) -> tuple[int, str]:
    body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": FORM_SECRET})
    lines = [
        f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}", f"Cookie: {cookies}",
        f"Origin: http://127.0.0.1:{PORT}", "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}", "Accept-Encoding: gzip", "Connection: close",
    ]  # fmt: skip
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
    said = await reader.read(-1)
    writer.close()
    head = said.split(b"\r\n\r\n", 1)[0].decode("latin-1")
    where = [line[10:] for line in head.split("\r\n") if line.lower().startswith("location: ")]
    return int(head.split(" ", 2)[1]), where[0] if where else ""


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_days_pages")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--roles-are-old", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measure(given.times, Path(folder), are_old=given.roles_are_old)
    if given.as_json:
        print(json.dumps(found, indent=2))
    else:
        for each in found["rushes"]:
            print(", ".join(f"{name}: {value}" for name, value in each.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
