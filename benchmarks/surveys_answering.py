"""Measures pupils who answer a survey at once: ``python -m benchmarks.surveys_answering``.

The pages as they are served, by two processes, on a database that waits for its disk; the pupils
are on the same machine. Three ways to be at once: a lesson in which everybody begins within a
minute and thinks between pages; everybody sends within ten seconds; everybody sends this moment.
"""

import argparse
import asyncio
import contextlib
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.web_load import Answer, percentiles
from schoolhubs.service import supervisor
from schoolhubs.service.supervisor.running import databases

WORKERS, PATIENCE_SECONDS = 2, 120.0


async def ask(port: int, name: str, path: str, body: bytes = b"") -> Answer:
    """Ask for a page, or send a form, over a connection of its own."""
    lines = [
        f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: gzip", "Connection: close",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}",
    ]  # fmt: skip
    began, status, said = time.perf_counter(), 0, b""
    with contextlib.suppress(TimeoutError, OSError, IndexError, ValueError):
        async with asyncio.timeout(60):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            said = await reader.read(-1)
            writer.close()
            status = int(said.split(b" ", 2)[1])
    return Answer(page=name, status=status, n_bytes=len(said), seconds=time.perf_counter() - began)


async def pupil(
    port: int, at: str, items: list[str], answers: list[Answer], rng: random.Random,
    *, begins_within: float, thinks: float,
) -> None:  # fmt: skip
    """Open the notice and the questions where there is time to think; send."""
    await asyncio.sleep(rng.uniform(0, begins_within))
    if thinks:
        answers.append(await ask(port, "notice", at))
        await asyncio.sleep(rng.uniform(0.5, 1.5) * thinks)
        answers.append(await ask(port, "questions", f"{at}/questions"))
        await asyncio.sleep(rng.uniform(0.5, 1.5) * 3 * thinks)
    given = {f"item_{item}": rng.randint(1, 4) for item in items}
    body = urllib.parse.urlencode({**given, "form": secrets.token_hex(12)}).encode()
    answers.append(await ask(port, "send", f"{at}/questions", body))


async def pupils(
    port: int, at: str, items: list[str], n: int, *, begins_within: float, thinks: float
) -> list[Answer]:
    """Let pupils answer; give how each page was answered."""
    answers: list[Answer] = []
    rng = random.Random(n)
    all_of_them = [
        pupil(
            port, at, items, answers, random.Random(rng.random()), begins_within=begins_within,
            thinks=thinks,
        )
        for _ in range(n)
    ]  # fmt: skip
    await asyncio.gather(*all_of_them)
    return answers


@contextlib.contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve the pages on a database of their own while inside; give the port."""
    with databases(folder / "postgres", {}) as urls:
        environ = {
            **os.environ,
            "DATABASE_URL": urls.owner_url, "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
            "SCHOOLHUBS_HOSTS": '["127.0.0.1"]', "SCHOOLHUBS_BEHIND_TLS": "false",
            "SCHOOLHUBS_DATA": str(folder), "SCHOOLHUBS_ANCHORS": str(folder / "anchors.jsonl"),
            "SCHOOLHUBS_SECRET_KEY": supervisor.kept_secret(folder),
        }  # fmt: skip
        supervisor.manage(["migrate", "--no-input"], environ)
        os.environ |= {**environ, "DATABASE_URL": urls.service_url}
        supervisor.manage(["collectstatic", "--no-input", "--verbosity", "0"], dict(os.environ))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [
            sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", "--bind",
            f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "warning", "--preload",
        ]  # fmt: skip
        process = subprocess.Popen(command, env=dict(os.environ))
        try:
            _wait(f"http://127.0.0.1:{port}/surveys/answer")
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _wait(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(address, timeout=5).status == 200:
                return
        time.sleep(0.2)
    raise SystemExit(f"{address} was not ready")


def survey(wave: str) -> tuple[Any, str, list[str]]:
    """Open a survey of pupils; give it, where it is answered, and its items."""
    from django.utils import timezone

    from schoolhubs import diagnosis
    from schoolhubs.service.surveys.doing import making

    instrument, at = diagnosis.instrument("pupil-survey"), timezone.now()
    who = {"by": "benchmark", "organisation": "", "at": at, "place": "benchmark"}
    design = making.Design(
        instrument=instrument, wave=wave, route="class_codes",
        opens_on=timezone.localdate(), closes_on=timezone.localdate(),
    )  # fmt: skip
    made = making.make("900001", design, programme_id="", **who)  # type: ignore[arg-type]
    (code,) = making.invite(made, 1, **who)  # type: ignore[arg-type]
    opened = making.open_(made, version=1, **who)  # type: ignore[arg-type]
    return opened, f"/surveys/answer/{code}", [each.name for each in instrument.items]


def main() -> None:
    """Measure, and say what came of it."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--pupils", type=int, default=400)
    n = read.parse_args().pupils
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as port:
        import django

        django.setup()
        from django.db import connection

        from schoolhubs.service.surveys import queries

        for wave, said, begins, thinks in (
            ("2026-11", "a lesson: all begin within a minute and think", 60.0, 8.0),
            ("2026-12", "all send within ten seconds", 10.0, 0.0),
            ("2027-01", "all send this moment", 0.0, 0.0),
        ):
            one, at, items = survey(wave)
            asyncio.run(pupils(port, at, items, 4, begins_within=0, thinks=0.1))  # warm
            found = asyncio.run(pupils(port, at, items, n, begins_within=begins, thinks=thinks))
            print(f"{n} pupils, {said}:")
            for name in ("notice", "questions", "send"):
                of_page = [each for each in found if each.page == name]
                if of_page:
                    told = percentiles(of_page)
                    bad = sum(each.status not in {200, 302} for each in of_page)
                    print(
                        f"  {name}: p75 {told['p75']:.0f} ms, p95 {told['p95']:.0f} ms, "
                        f"p99 {told['p99']:.0f} ms, {bad} not answered"
                    )
            kept = queries.n_answers(one) - 4
            print(f"  kept {kept} of {n}")
        connection.close()


if __name__ == "__main__":
    main()
