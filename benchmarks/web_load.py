"""A load client of a few lines: it costs the machine it shares with the service next to nothing."""

import asyncio
import dataclasses
import itertools
import random
import statistics
import time
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page asked for: where, and with which cookies; ``weight`` is how often people open it."""

    name: str
    path: str
    cookie: str = ""
    weight: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: its status (0 for none), its size as sent, and after how long."""

    page: str
    status: int
    n_bytes: int
    seconds: float


async def ask(port: int, page: Page, *, patience: float = 30.0) -> Answer:
    """Ask for one page over a connection of its own, compressed, as a browser asks."""
    lines = [
        f"GET {page.path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: gzip",
        "Connection: close",
        *([f"Cookie: {page.cookie}"] if page.cookie else []),
    ]
    began = time.perf_counter()
    status, n_bytes = 0, 0
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write("\r\n".join([*lines, "", ""]).encode())
            said = await reader.read(-1)
            writer.close()
            status, n_bytes = int(said.split(b" ", 2)[1]), len(said)
    except (TimeoutError, OSError, IndexError, ValueError):
        status = 0
    return Answer(
        page=page.name, status=status, n_bytes=n_bytes, seconds=time.perf_counter() - began
    )


async def flood(port: int, pages: Sequence[Page], *, seconds: float, at_once: int) -> list[Answer]:
    """Ask for some pages in turn, again and again, several at once, for a while."""
    until = time.perf_counter() + seconds
    turns = itertools.cycle(pages)
    answers: list[Answer] = []

    async def one() -> None:
        while time.perf_counter() < until:
            answers.append(await ask(port, next(turns)))

    await asyncio.gather(*(one() for _ in range(at_once)))
    return answers


async def crowd(
    port: int, pages: Sequence[Page], *, users: int, think_seconds: float, seconds: float, seed: int
) -> list[Answer]:
    """Let users open pages for a while, thinking between two as long as people do."""
    rng = random.Random(seed)
    answers: list[Answer] = []
    until = time.perf_counter() + seconds

    async def user(order: random.Random) -> None:
        await asyncio.sleep(order.uniform(0, think_seconds))
        while time.perf_counter() < until:
            page = order.choices(pages, [each.weight for each in pages])[0]
            answers.append(await ask(port, page))
            await asyncio.sleep(order.uniform(0.5, 1.5) * think_seconds)

    await asyncio.gather(*(user(random.Random(rng.random())) for _ in range(users)))
    return answers


def percentiles(answers: Sequence[Answer]) -> dict[str, float]:
    """Give the milliseconds that 75, 95 and 99 in a hundred answers did not pass.

    >>> told = [Answer(page="a", status=200, n_bytes=1, seconds=n / 1000) for n in range(1, 101)]
    >>> {name: round(value) for name, value in percentiles(told).items()}
    {'p75': 76, 'p95': 96, 'p99': 100}
    """
    milliseconds = [1000 * each.seconds for each in answers]
    # One answer stands for all of its page.
    cut = statistics.quantiles(milliseconds * 2 if len(answers) == 1 else milliseconds, n=100)
    return {"p75": cut[74], "p95": cut[94], "p99": cut[98]}


def wrong(answers: Sequence[Answer]) -> list[Answer]:
    """Give the answers that were not the page asked for."""
    return [each for each in answers if each.status != 200]
