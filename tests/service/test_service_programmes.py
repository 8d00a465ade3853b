"""Programme pages and brochures say what the definition says, to everyone, in one voice."""

import datetime
import gzip
import html
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.utils import timezone

from schoolhubs import programmes

PAGES = ("/programmes", "/programmes/rise-hubs-2025", "/programmes/rise-hubs-2025/changes")
DAYS = {
    "earlier_day": "1", "earlier_month": "10", "earlier_year": "2025",
    "later_day": "1", "later_month": "12", "later_year": "2025",
}  # fmt: skip


def words(text: str) -> str:
    """Give text without markup, so that only its words count."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.content.decode())


def brochure(client: Client, programme_id: str = "rise-hubs-2025") -> pypdf.PdfReader:
    answer = client.get(f"/programmes/{programme_id}/brochure.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(answer.content))


def printed_words(read: pypdf.PdfReader) -> str:
    """Give the words of every page, without running heads and page numbers."""
    title = str(read.metadata.title if read.metadata else "")
    texts = [" ".join(each.extract_text().split()) for each in read.pages]
    told = [texts[0], *(each.removeprefix(title) for each in texts[1:])]
    return " ".join(re.sub(r"\d+ of \d+$", "", each).strip() for each in told)


def closed(text: str) -> str:
    """Close words up, as a line in print may end at any hyphen."""
    return "".join(text.split())


@pytest.fixture
def changed(tmp_path: Path, settings: Any) -> None:
    """Let the service run a copy of a definition in which one threshold is another."""
    folder = tmp_path / "rise-hubs-2025"
    shutil.copytree(programmes.load("rise-hubs-2025").folder, folder)
    path = folder / "eligibility.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("{2025-05-01: 1.0}") == 1
    path.write_text(text.replace("{2025-05-01: 1.0}", "{2025-05-01: 1.7}"), encoding="utf-8")
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"programme_ids": (str(folder),)})


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_programme_page_is_open_small_and_asks_little_of_the_database(
    client: Client, address: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1
    assert len(gzip.compress(answer.content)) < 150_000


@pytest.mark.django_db
def test_an_unknown_programme_is_not_found(client: Client) -> None:
    for address in ("no-such", "no-such/changes", "no-such/brochure.pdf"):
        assert client.get(f"/programmes/{address}").status_code == 404


@pytest.mark.django_db
def test_every_programme_is_listed(client: Client) -> None:
    found = page(client, "/programmes")
    assert all(programmes.load(each).title in found for each in programmes.list_ids())


@pytest.mark.django_db
def test_the_page_shows_the_definition(client: Client) -> None:
    assert "at least 1 percentage point" in page(client, "/programmes/rise-hubs-2025")


@pytest.mark.django_db
@pytest.mark.usefixtures("changed")
def test_a_changed_value_changes_page_and_brochure(client: Client) -> None:
    assert "at least 1.7 percentage points" in page(client, "/programmes/rise-hubs-2025")
    assert "at least 1.7 percentage points" in printed_words(brochure(client))


@pytest.mark.django_db
def test_the_brochure_is_tagged_titled_and_in_english(client: Client) -> None:
    read = brochure(client)
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert read.metadata
    assert read.metadata.title == programmes.load("rise-hubs-2025").title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def tags(node: object, found: dict[str, int]) -> dict[str, int]:
    """Count the kinds of tags below a node of the structure tree."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        for each in node:
            tags(each, found)
    elif isinstance(node, dict):
        if kind := node.get("/S"):
            found[kind] = found.get(kind, 0) + 1
        tags(node.get("/K"), found)
    return found


@pytest.mark.django_db
def test_the_brochure_has_headings_tables_and_lists_as_tags(client: Client) -> None:
    found = tags(brochure(client).trailer["/Root"]["/StructTreeRoot"], {})
    told = programmes.brochure(programmes.load("rise-hubs-2025"), timezone.localdate())
    n_rows = sum(
        len(block.rows) + bool(block.rows) for each in told.sections for block in each.blocks
    )
    assert found["/TR"] == n_rows
    assert found["/TH"] >= 20
    assert found["/H1"] == len(told.sections) + 1, "the contents have a heading too"
    assert found["/LI"] > 20


@pytest.mark.django_db
@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_page_and_brochure_say_the_same(client: Client, programme_id: str) -> None:
    told = programmes.brochure(programmes.load(programme_id), timezone.localdate())
    on_page = page(client, f"/programmes/{programme_id}")
    printed = closed(printed_words(brochure(client, programme_id)))
    for section in told.sections:
        assert section.title in on_page
        assert closed(section.title) in printed
        for block in section.blocks:
            cells = [cell for row in block.rows for cell in row]
            for each in (*block.items, *cells, *([block.text] if not block.rows else [])):
                assert " ".join(each.split()) in on_page
                assert closed(each) in printed


@pytest.mark.django_db
def test_what_changed_is_what_the_command_line_says(client: Client) -> None:
    answer = client.get("/programmes/rise-hubs-2025/changes", DAYS)
    found = words(answer.content.decode())
    changes = programmes.compare(
        programmes.load("rise-hubs-2025"), *(_day(name) for name in ("earlier", "later"))
    )
    assert changes
    for change in changes:
        told = [each.replace("the value below", "the value beside it") for each in change.words]
        assert all(" ".join(each.split()) in found for each in (change.description, *told))
    assert "between 1 October 2025 and 1 December 2025" in found


def _day(name: str) -> datetime.date:
    return datetime.date(*(int(DAYS[f"{name}_{part}"]) for part in ("year", "month", "day")))


@pytest.mark.django_db
def test_days_without_a_change_say_so(client: Client) -> None:
    asked = {**DAYS, "earlier_year": "2030", "later_year": "2031"}
    answer = client.get("/programmes/rise-hubs-2025/changes", asked)
    assert "Nothing changed between" in words(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"earlier_day": "", "earlier_month": "", "earlier_year": ""}, "Enter the earlier day"),
        ({"later_year": ""}, "The later day must include a year"),
        ({"earlier_day": "", "earlier_year": ""}, "The earlier day must include a day and a year"),
        ({"later_day": "31", "later_month": "2"}, "The later day must be a real date"),
        ({"later_day": "<b>"}, "The later day must be a real date"),
        ({"later_day": "٣"}, "The later day must be a real date"),
        ({"earlier_year": "1925"}, "The earlier day must be between 2000 and 2100"),
        ({"earlier_year": "2026"}, "The later day must be after the earlier day"),
    ],
)
def test_a_day_that_cannot_be_read_is_told_at_the_field_and_kept(
    client: Client, typed: dict[str, str], said: str
) -> None:
    answer = client.get("/programmes/rise-hubs-2025/changes", {**DAYS, **typed})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: " in " ".join(text.split())
    assert words(text).count(said) == 2, "once in the summary, once at the field"
    for name, value in {**DAYS, **typed}.items():
        kept = f'value="{html.escape(value)}"' if value else ""
        assert re.search(rf'id="{name}"[^>]*{re.escape(kept)}', text), name
