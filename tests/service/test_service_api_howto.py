"""The curl examples of the how-to are asked as they are printed."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from keyed import Program, every_scope, key_for
from peopled import NUMBERS, OWN, peopled

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"


def examples() -> list[str]:
    """Give every curl command of the page."""
    blocks = re.findall(r"^```curl\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def curl(line: str, known: dict[str, str]) -> Any:
    """Ask what a curl command asks."""
    known = {"TAG": "", "REFERENCE": "", **known}
    for name, value in sorted(known.items(), key=lambda pair: -len(pair[0])):
        line = line.replace(f"'${name}'", value).replace(f"${name}", value.replace('"', '\\"'))
    words = shlex.split(line)[1:]
    method, headers, data, address = "GET", {}, "", ""
    while words:
        word = words.pop(0)
        if word == "--request":
            method = words.pop(0)
        elif word == "--header":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "--data":
            data = words.pop(0)
        else:
            assert not word.startswith("-"), f"curl has {word}, this test does not"
            address = word
    kind = headers.pop("Content-Type", "application/octet-stream")
    client = Program()
    client.sees_all = True  # what a key may see is held to its table elsewhere
    return client.generic(method, address, data, content_type=kind, headers=headers)


def test_every_example_works_as_it_is_printed() -> None:
    world = peopled()
    school = world.organisations[OWN, "partner"]
    _, key = key_for(school, *every_scope(school))
    day = world.support_days[OWN]
    known = {
        "SERVICE": "", "URN": NUMBERS[OWN]["partner"][0], "KEY": key,
        "PARTNERSHIP": str(day.partnership_id), "DAY_TAG": f'"support-day-{day.pk}.{day.version}"',
        "DAY": str(day.pk),
    }  # fmt: skip
    asked = examples()
    assert len(asked) == 17
    for line in asked:
        answer = curl(line, known)
        assert answer.status_code in {200, 201}, f"{line}\n{answer.content.decode()}"
        if "Location" in answer.headers:
            known["REFERENCE"] = answer.json()["reference"]
            known["TAG"] = answer.headers["ETag"]
