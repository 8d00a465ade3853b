"""The tutorial of the service shows what is there: its pictures are taken here, not by hand."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from browser.looking import Mode, Visitor
from browser.places import ADMINISTRATOR, CASEWORKER, HEAD, OFFICE, PROGRAMME

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "tutorials" / "service.md"
PICTURES = PROJECT / "docs" / "images" / "service"
MOST_BYTES = 150_000
PICTURE = re.compile(r"!\[[^\]]{20,}\]\(\.\./images/service/([\w-]+)\.png\)")
DESK = Mode(has_script=True, width=960)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: its name, the page, who looks, and how much of the page is shown."""

    name: str
    address: str
    role: str = ""
    height: int = 700


MATCH = f"/programmes/{PROGRAMME}/schools/{{matched}}/match"
SHOTS = (
    Shot(name="role-cards", address="/sign-in"),
    Shot(name="find", address="/eligibility?q=school", height=640),
    Shot(name="answer", address="/eligibility/{matched}", height=900),
    Shot(name="applications", address="/applications", role=HEAD, height=560),
    Shot(name="queue", address="/office/applications", role=CASEWORKER),
    Shot(name="round", address="/office/rounds/{published_round}", role=CASEWORKER, height=900),
    Shot(
        name="what-if", address="/office/rounds/{published_round}/what-if", role=CASEWORKER,
        height=900,
    ),
    Shot(name="match", address=MATCH, role=OFFICE, height=900),
    Shot(name="intakes", address="/office/intakes", role=CASEWORKER),
    Shot(name="school", address="/schools/{matched}", role=OFFICE, height=820),
    Shot(name="hubs", address=f"/programmes/{PROGRAMME}/hubs", height=820),
    Shot(name="office-hubs", address=f"/office/hubs/{PROGRAMME}", role=OFFICE, height=820),
    Shot(name="import-new", address="/imports/new", role=ADMINISTRATOR),
    Shot(name="programme", address=f"/programmes/{PROGRAMME}"),
    Shot(name="audit", address="/audit", role="auditor", height=820),
)  # fmt: skip


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_what_the_tutorial_shows_is_there(
    visit: Callable[..., Visitor],
    shot: Shot,
    subjects: dict[str, str],
    pytestconfig: pytest.Config,
) -> None:
    visitor = visit(DESK, shot.role)
    visitor.go(shot.address.format_map(subjects))
    visitor.look(f"tutorial: {shot.name}")
    if pytestconfig.getoption("take_pictures", default=False):
        visitor.page.set_viewport_size({"width": DESK.width, "height": shot.height})
        PICTURES.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=PICTURES / f"{shot.name}.png")
    kept = PICTURES / f"{shot.name}.png"
    assert kept.is_file(), "take it with `make pictures`"
    assert kept.stat().st_size < MOST_BYTES


def test_the_tutorial_shows_every_picture_once() -> None:
    shown = PICTURE.findall(PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(shot.name for shot in SHOTS)
    assert sorted(path.stem for path in PICTURES.glob("*")) == sorted(shown)
