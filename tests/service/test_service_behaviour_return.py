"""A behaviour return brought on a page: counted as the command does, the list kept nowhere."""

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from brought import own_folder  # noqa: F401 - keeps uploads of each test by themselves
from invented import facts, register
from schoolhubs import diagnosis
from schoolhubs.attendance import behaviour
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.models import BehaviourReturn
from schoolhubs.vocabulary.tables import csv_text
from signing import signed_in

pytestmark = pytest.mark.django_db
SCHOOL = "900001"
PAGE = f"/schools/{SCHOOL}/behaviour-return"
COLUMNS = {"suspensions": "Susp", "sen": "SEN", "fsm": "FSM"}
TYPED = {**COLUMNS, "layout": "pupil", "year": "2025/26"}
SURNAME = "Qzxname"


@pytest.fixture(autouse=True)
def _school() -> None:
    register(facts(SCHOOL))


def head() -> Any:
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL)


def listed(n: int = 400) -> bytes:
    rng = np.random.default_rng(4)
    table = pl.DataFrame(
        {
            "Name": [f"{SURNAME}{i}" for i in range(n)], "Susp": rng.poisson(0.3, n),
            "SEN": rng.choice(["N", "K"], n, p=[0.7, 0.3]), "FSM": rng.choice(["Y", "N"], n),
        }
    )  # fmt: skip
    return table.write_csv().encode()


def sent(content: bytes, **changes: str) -> Any:
    file = SimpleUploadedFile(f"{SURNAME}.csv", content, content_type="text/csv")
    return head().post(PAGE, {**TYPED, **changes, "file": file})


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_page_counts_what_the_command_counts_and_keeps_no_list(tmp_path: Path) -> None:
    assert sent(listed()).status_code == 302
    held = BehaviourReturn.objects.get()
    (tmp_path / "list.csv").write_bytes(listed())
    mapping = behaviour.mapping.as_mapping({"name": "ours", "layout": "pupil", "columns": COLUMNS})
    counted = behaviour.read_return(tmp_path / "list.csv", mapping)
    found = diagnosis.finding.returned.publish(counted, urn=SCHOOL, year="2025/26")
    assert held.content == csv_text(found)
    assert head().get(f"{PAGE}.csv").content.decode() == held.content
    assert "Suspensions" in words(head().get(PAGE))
    assert SURNAME not in held.content + str(held.mapping)
    left = [path for path in Path(settings.UPLOADS).rglob("*") if path.is_file()]
    assert left == []
    draft = head().get(f"/schools/{SCHOOL}/findings/draft/diagnosis.json").json()
    assert "behaviour.csv" in {each["name"] for each in draft["inputs"]}


@pytest.mark.parametrize(("content", "changes", "why"), [
    (b"Susp,SEN,FSM\nqcell,N,Y\n", {}, "The cell of Susp cannot be read (row 2)"),
    (b"Susp,SEN\n1,N\n", {}, "FSM"),
    (b"", {}, "file"),
    (listed(), {"year": "1st"}, "Enter the year like 2025/26"),
    (listed(), {"layout": ""}, "Choose what a row of the list is"),
    (listed(), {"suspensions": ""}, "no column that counts anything"),
    (listed(), {"layout": "group"}, "names no n_pupils"),
])  # fmt: skip
def test_a_return_that_cannot_be_read_is_told_by_its_place_and_typing_stays(
    content: bytes, changes: dict[str, str], why: str
) -> None:
    answer = sent(content, **changes)
    assert answer.status_code == 200
    assert why in words(answer)
    assert 'value="SEN"' in answer.content.decode()
    assert "qcell" not in words(answer)
    assert not BehaviourReturn.objects.exists()


def test_another_school_and_a_lead_are_refused() -> None:
    register(facts("900002"), facts(SCHOOL))
    other = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900002", subject="eve")
    assert other.get(PAGE).status_code == 404
    assert other.get(f"{PAGE}.csv").status_code == 404
