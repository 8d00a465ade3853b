"""Page, API, files and command line give the same target, and the same reasons, of one school."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from django.db import transaction

import aiming
from aiming import SCHOOL, SPECIAL, head, office, table, words
from keyed import program
from providing import provider
from schoolhubs import schools
from schoolhubs.cli.main import schoolhubs
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.targets.models import Explanation, Fit

DIGITS = 4


def command(*said: str) -> dict[str, Any]:
    done = CliRunner().invoke(schoolhubs, [*said, "--json"])
    assert done.exit_code == 0, f"{said}: {done.output} {done.exception}"
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def asked(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Fit, Path]]:
    folder = tmp_path_factory.mktemp("targets")
    schools.write_register(aiming.register(), folder / "register")
    told = ("--register", str(folder / "register"))
    command("targets", "fit", *told, "--until", "2015/16", "--out", str(folder / "model.json"))
    with contextlib.ExitStack() as held:
        held.enter_context(django_db_blocker.unblock())
        held.enter_context(provider(role_seconds=3_600))
        held.enter_context(transaction.atomic())
        yield aiming.fitted(aiming.kept(), is_audited=False), folder
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(asked: tuple[Fit, Path]) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def by_command(folder: Path, urn: str) -> dict[str, Any]:
    told = ("--register", str(folder / "register"), "--model", str(folder / "model.json"))
    return command("targets", "explain", *told, "--urn", urn)


@pytest.mark.parametrize("urn", [SCHOOL, SPECIAL])
def test_every_door_gives_the_same_target(asked: tuple[Fit, Path], urn: str) -> None:
    _, folder = asked
    client = head(urn)
    school = Organisation.objects.get(urn=urn)
    api = program(school).get(f"/api/v1/targets/{urn}").json()
    told = by_command(folder, urn)
    row = table(client, f"/schools/{urn}/target/figures.csv").row(0, named=True)
    (listed,) = table(office(), "/office/targets.csv").filter(pl.col("urn") == urn).to_dicts()
    for name in ("expected_percent", "target_percent", "low_percent", "high_percent",
                 "chance_unaided", "last_year_percent", "national_percent"):  # fmt: skip
        wanted = told[name] if told[name] is None else pytest.approx(told[name], abs=1e-4)
        assert [api[name], row[name], listed[name]] == [wanted] * 3, name
    pieces = [(each["said"], round(each["points"], DIGITS)) for each in told["contributions"]]
    assert [
        (each["said"], round(each["points"], DIGITS)) for each in api["contributions"]
    ] == pieces
    page = words(client.get(f"/schools/{urn}/target"))
    assert f"If nothing changes, expect {told['expected_percent']:.2f} %" in page
    assert all(each["said"] in page for each in told["contributions"])
    like = [each["urn"] for each in told["comparators"]]
    files = table(client, f"/schools/{urn}/target/comparators.csv")["urn"].to_list()
    assert [each["urn"] for each in api["comparators"]] == like == files
    assert [each["urn"] for each in api["visits"]] == [each["urn"] for each in told["visits"]]


def test_a_door_that_answers_otherwise_is_seen(asked: tuple[Fit, Path]) -> None:
    """The same comparison, with what is kept of one school changed by a hundredth of a point."""
    fit, folder = asked
    client = head("900003")
    client.get("/schools/900003/target")
    kept = Explanation.objects.get(target__fit=fit, target__urn="900003")
    Explanation.objects.filter(pk=kept.pk).delete()
    kept.record["expected_percent"] += 0.01
    kept.save(force_insert=True)
    row = table(client, "/schools/900003/target/figures.csv").row(0, named=True)
    told = by_command(folder, "900003")
    assert row["expected_percent"] != pytest.approx(told["expected_percent"], abs=1e-4)
