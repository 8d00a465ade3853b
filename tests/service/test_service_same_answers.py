"""Page, API, CSV and command line give the same answer to the same question: 1,000 are asked."""

import contextlib
import csv
import dataclasses
import datetime
import functools
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone

from invented import PROGRAMME
from keyed import Program, program
from peopled import person_at
from providing import provider
from reading import Page, spoken
from schoolhubs import files, schools
from schoolhubs.cli.main import schoolhubs
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.manners import limits
from schoolhubs.service.demo.loading import load
from schoolhubs.service.matching.models import HubLoad, Placement, Round
from schoolhubs.service.matching.queries import newest_published, rules_of
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot
from watchful import WatchfulClient

ON, SEED, N_QUESTIONS, N_SCHOOLS = "2026-01-29", 20_261_122, 1_000, 60
MAY = {"yes": "May join", "no": "May not join", "cannot tell": "Cannot tell yet"}
Answers = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The service with a small England, and how each door is asked; every answer is kept."""

    folder: Path
    round: Round
    page: Callable[[str], Page]
    api: Callable[[str], Mapping[str, Any]]
    csv: Callable[[str], list[dict[str, str]]]
    command: Callable[..., Mapping[str, Any]]


def command(*words: str) -> Mapping[str, Any]:
    """Run a command in this process; its JSON."""
    done = CliRunner().invoke(schoolhubs, [*words, "--json"])
    assert done.exit_code == 0, f"{words}: {done.output} {done.exception}"
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def asked(
    django_db_setup: None, django_db_blocker: Any, small_england: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Asked]:  # fmt: skip
    folder = tmp_path_factory.mktemp("england")
    (folder / "england").symlink_to(small_england)
    register = folder / "register"
    command("data", "build", "--from", str(small_england), "--on", ON, "--out", str(register))
    usual = limits.limit
    with contextlib.ExitStack() as held, pytest.MonkeyPatch.context() as patched:
        held.enter_context(django_db_blocker.unblock())
        held.enter_context(provider(role_seconds=36_000))
        held.enter_context(transaction.atomic())
        patched.setattr(
            limits, "limit", lambda name: 10**9 if name.startswith("requests_") else usual(name)
        )
        # What is on disk does not change while the questions are asked: it is read once.
        patched.setattr(schools, "read_register", functools.cache(schools.read_register))
        patched.setattr(files, "read_list", functools.cache(files.read_list))
        load(folder, [each.programme_id for each in run_here()], at=timezone.now(), say=str)
        round_ = newest_published(PROGRAMME)
        assert round_ is not None
        with zipfile.ZipFile(io.BytesIO(bytes(Round.objects.get(pk=round_.pk).pack))) as pack:
            pack.extractall(folder / "round")
        yield _doors(folder, round_)
        transaction.set_rollback(True)


def _doors(folder: Path, round_: Round) -> Asked:
    office = Organisation.objects.create(sign_in_id="o", kind="office", name="Office")
    browser, ours = WatchfulClient(), program(office)
    browser.act_as(person_at(office, [Role.OFFICE_READ], "reader"), office)

    def page(address: str) -> Page:
        answer = browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return Page(answer.content.decode())

    def api(address: str) -> Mapping[str, Any]:
        answer = ours.get(f"/api/v1{address}")
        assert answer.status_code == 200, f"{address}: {answer.content!r}"
        return dict(answer.json())

    def as_csv(address: str) -> list[dict[str, str]]:
        answer = ours.get(f"/api/v1{address}", headers={"Accept": "text/csv"})
        assert answer.status_code == 200, f"{address}: {answer.content!r}"
        return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))

    cached = functools.cache
    return Asked(
        folder=folder, round=round_, page=cached(page), api=cached(api), csv=cached(as_csv),
        command=cached(command),
    )  # fmt: skip


# Each question gives what every door answers, written the same way.


def may_join(asked: Asked, urn: str, programme_id: str, pathway: str) -> Answers:
    """Ask whether a school may join on a pathway, and what every rule of it read."""
    said = _named(asked.api(f"/eligibility/{urn}")["programmes"], "programme_id", programme_id)
    one = _named(said["pathways"], "pathway", pathway)
    told = asked.command(
        "eligibility", "check", "--programme", programme_id, "--urn", urn, "--on", ON,
        "--register", str(asked.folder / "register"),
        "--leads", str(asked.folder / "england" / "leads.csv"),
    )  # fmt: skip
    typed = _named(told["pathways"], "pathway", pathway)
    rows = [
        row
        for row in asked.csv(f"/eligibility/{urn}")
        if (row["programme_id"], row["pathway"]) == (programme_id, pathway)
    ]
    page = asked.page(f"/eligibility/{urn}")
    shown = page.tables[f"Each rule of {said['title']}, {one['name']}"][1:]
    asks = {each["rule"]: each["asks"] for each in one["reasons"]}
    names = ("verdict", "value", "threshold", "source", "would_pass_if")

    def whole(verdict: str, reasons: Any) -> list[Any]:
        read = [[str(each[name] or "") for name in ("rule", *names)] for each in reasons]
        return [verdict, *read, *(_row_of(asks[each["rule"]], each) for each in reasons)]

    def in_page() -> list[Any]:
        heading = spoken(one["name"], MAY[one["verdict"]])
        verdict = one["verdict"] if heading in page.headings["h3"] else f"not {heading}"
        plain = whole(verdict, one["reasons"])
        return [*plain[: 1 + len(one["reasons"])], *shown]

    flat = [{**row, "is_assumed": row["is_assumed"] == "true"} for row in rows]
    return {
        "page": in_page(),
        "api": whole(one["verdict"], one["reasons"]),
        "csv": whole(rows[0]["pathway_verdict"], [_unquoted(row) for row in flat]),
        "command": whole(typed["verdict"], typed["reasons"]),
    }


ASSUMED = "(what it asks is assumed, not published)"


def _row_of(asks: str, reason: Mapping[str, Any]) -> list[str]:
    """Write a reason as the page's table has it."""
    threshold = reason["threshold"]
    in_brackets = "" if threshold in {"yes", "no"} else f"({threshold})"
    passing = f". It would pass if {reason['would_pass_if']}" if reason["would_pass_if"] else ""
    return [
        spoken(asks or threshold, in_brackets, ASSUMED if reason["is_assumed"] else ""),
        reason["verdict"],
        spoken(reason["value"] or "not known"),
        spoken(f"{reason['source']}{passing}"),
    ]


def which_hub(asked: Asked, urn: str) -> Answers:
    """Ask which hub a school got, on which pathway, and how many minutes away."""
    one = asked.api(f"/matches/{PROGRAMME}/{urn}")
    told = asked.command("round", "explain", "--round", str(asked.folder / "round"), "--urn", urn)
    row = _named(asked.csv(f"/rounds/{asked.round.pk}/placements?limit=500"), "urn", urn)
    sentence = asked.page(f"/programmes/{PROGRAMME}/schools/{urn}/match").insets[0]

    def written(lead: str, pathway: str, minutes: Any) -> list[str]:
        away = f"{float(minutes):.6f}" if minutes not in ("", None) else ""
        return [lead or "", (pathway or "") if lead else "", away if lead else ""]

    name = rules_of(asked.round).pathway(one["pathway"]).name if one["lead_urn"] else ""
    ends = f"about {one['minutes']:.0f} minutes by car one way." if one["lead_urn"] else ""
    is_said = one["lead_name"] in sentence and name in sentence and sentence.endswith(ends)
    in_api = written(one["lead_urn"], one["pathway"], one["minutes"])
    return {
        "page": in_api if is_said and sentence == spoken(one["sentence"]) else sentence,
        "api": in_api,
        "csv": written(row["lead_urn"], row["pathway"], row["minutes"]),
        "command": written(told["lead_urn"], told["pathway"], told["minutes"]),
    }


def which_places(asked: Asked, lead_urn: str, pathway: str) -> Answers:
    """Ask how many places a hub has on a pathway, how many run, and how many were matched."""
    address = f"/hubs?programme_id={PROGRAMME}&limit=500"
    one = _named(asked.api(address)["items"], "lead_urn", lead_urn)
    row = _named(asked.csv(address), "lead_urn", lead_urn)
    names = ("n_places", "n_running", "n_matched")
    name = rules_of(asked.round).pathway(pathway).name
    table = asked.page(f"/office/hubs/{PROGRAMME}/{lead_urn}").tables["Places by pathway"]
    shown = next(cells for cells in table if cells[0] == name)
    with (asked.folder / "round" / "hubs.csv").open(newline="") as pack:
        packed = next(
            each
            for each in csv.DictReader(pack)
            if (each["lead_urn"], each["pathway"]) == (lead_urn, pathway)
        )
    return {
        "page": [int(cell.replace(",", "")) for cell in shown[1:4]],
        "api": [_named(one["loads"], "pathway", pathway)[each] for each in names],
        "csv": [_named(json.loads(row["loads"]), "pathway", pathway)[each] for each in names],
        "command": [int(packed[each]) for each in names],  # the pack `round run` writes
    }


def which_rule(asked: Asked, programme_id: str, rule: str) -> Answers:
    """Ask what a programme's rule asks today, and of which pathways."""
    on = timezone.localdate().isoformat()
    one = asked.api(f"/programmes/{programme_id}?on={on}")
    found = _named(one["rules"], "rule", rule)
    told = asked.command("programme", "show", programme_id, "--on", on)
    typed = _named(told["rules"], "rule", rule)
    page = asked.page(f"/programmes/{programme_id}")
    cells = {cell for rows in page.tables.values() for row in rows for cell in row}
    shown = {*cells, *page.paragraphs, *(item for items in page.items.values() for item in items)}
    is_shown = any(spoken(found["asks"]).casefold() in each.casefold() for each in shown)
    values = [each for each in one["settings"] if f".{rule}" in each["path"] and each["in_force"]]
    rows = asked.csv(f"/programmes/{programme_id}?on={on}")
    return {
        "page": [found["asks"] if is_shown else "not on the page", *_in_force(values)],
        "api": [found["asks"], *_in_force(values)],
        "csv": [found["asks"], *(
            [row["path"], row["value"], row["status"], row["source"]]
            for row in rows
            if f".{rule}" in row["path"] and row["from_on"]
        )],
        "command": [typed["asks"], *_in_force(
            [each for each in told["settings"] if f".{rule}" in each["path"] and each["in_force"]]
        )],
    }  # fmt: skip


def _in_force(settings: Any) -> list[list[str]]:
    return [
        [
            each["path"],
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
            each["in_force"]["status"],
            each["in_force"]["source"]["title"],
        ]
        for each in settings
        for value in [each["in_force"]["value"]]
    ]


def _named(rows: Any, name: str, value: str) -> Any:
    return next(row for row in rows if row[name] == value)


def _unquoted(row: Mapping[str, Any]) -> dict[str, Any]:
    """Take away the apostrophe that keeps a spreadsheet from running a text."""
    return {
        name: value[1:]
        if isinstance(value, str) and value[:2] in {"'+", "'-", "'=", "'@"}
        else value
        for name, value in row.items()
    }


def questions(asked: Asked, n: int, seed: int) -> Iterator[tuple[str, Callable[[], Answers]]]:
    """Draw questions of every kind."""
    drawn = random.Random(seed)
    snapshot = current_snapshot()
    assert snapshot is not None
    urns = sorted(School.objects.filter(snapshot=snapshot).values_list("urn", flat=True))
    some = drawn.sample(urns, N_SCHOOLS)
    on = datetime.date.fromisoformat(ON)
    pathways = [
        (each.programme_id, pathway.pathway)
        for each in run_here()
        for pathway in each.as_at(on).pathways
    ]
    # The first page of placements holds so many: a question of CSV is asked of one page.
    placed = list(
        Placement.objects.filter(round=asked.round)
        .order_by("urn")
        .values_list("urn", flat=True)[:500]
    )
    loads = list(HubLoad.objects.filter(round=asked.round).values_list("lead_urn", "pathway"))
    today = timezone.localdate()
    rules = [
        (each.programme_id, rule.rule)
        for each in run_here()
        for rule in each.as_at(today).eligibility
    ]
    for _ in range(n):
        kind = drawn.choices(("may", "hub", "places", "rule"), (5, 3, 1, 1))[0]
        if kind == "may":
            subject: Any = (drawn.choice(some), *drawn.choice(pathways))
            yield f"may join {subject}", functools.partial(may_join, asked, *subject)
        elif kind == "hub":
            subject = drawn.choice(placed[:: max(1, len(placed) // 120)])
            yield f"which hub {subject}", functools.partial(which_hub, asked, subject)
        elif kind == "places":
            subject = drawn.choice(loads)
            yield f"which places {subject}", functools.partial(which_places, asked, *subject)
        else:
            subject = drawn.choice(rules)
            yield f"which rule {subject}", functools.partial(which_rule, asked, *subject)


def differences(asked: Asked, n: int, seed: int) -> tuple[list[str], Counter[str]]:
    """Ask, and tell each door that answers otherwise than the API does."""
    found, kinds = [], Counter[str]()
    for name, ask in questions(asked, n, seed):
        kinds[" ".join(name.split()[:2])] += 1
        answers = ask()
        for door, answer in answers.items():
            if answer != answers["api"]:
                found.append(f"{name}: {door} says {answer}, the API {answers['api']}")
    return found, kinds


def test_a_thousand_questions_get_the_same_answer_everywhere(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    found, kinds = differences(asked, N_QUESTIONS, SEED)
    with capsys.disabled():
        told = ", ".join(f"{kind}: {n}" for kind, n in sorted(kinds.items()))
        print(f"\nsame answers: {kinds.total():,} questions ({told}), {len(found)} differences")
    assert found == []


def test_a_door_that_answers_otherwise_is_found(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let one door at a time read other words, and see that it is told."""

    def altered(door: str) -> Asked:
        usual = getattr(asked, door)

        def other(*words: str) -> Any:
            if door == "page":
                page = Page("")
                page.tables = {
                    name: [[*row[:-1], "otherwise"] for row in rows]
                    for name, rows in usual(*words).tables.items()
                }
                return page
            text = json.dumps(usual(*words)).replace("yes", "no")
            return json.loads(text)

        return dataclasses.replace(asked, **{door: other})

    urn = School.objects.filter(is_open=True).order_by("urn").values_list("urn", flat=True)[0]
    pathway = rules_of(asked.round).pathways[0].pathway
    for door in ("page", "csv", "command"):
        answers = may_join(altered(door), urn, PROGRAMME, pathway)
        assert answers[door] != answers["api"], door


def test_a_program_without_a_key_is_given_the_public_answers_alone(asked: Asked) -> None:
    said = Program().get(f"/api/v1/hubs?programme_id={PROGRAMME}").json()
    assert said["items"]
    assert not any(each["loads"] for each in said["items"])
