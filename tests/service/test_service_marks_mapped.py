"""What a saved mapping of the command line can say of a file, the pages can say too."""

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import exporting as x
from brought import (
    COLUMNS,
    HEADINGS,
    TERMS,
    URN,
    address,
    content,
    done,
    head,
    own_folder,  # noqa: F401 - a fixture that every test here takes
    posted,
    rows,
)
from invented import facts, register
from schoolhubs.attendance.reading.documents import schema_of
from schoolhubs.service.attendance import tasks
from schoolhubs.service.attendance.bringing import columns, forms
from schoolhubs.service.attendance.models import Mapping, MarksImport
from watchful import WatchfulClient

TEN = [f"M{n}" for n in range(10)]
WORDS = {"yes_words": "Ja, Plan", "no_words": "Nein", "no_mark": "? **"}


def chosen(layout: str, **more: str) -> forms.ChooseColumns:
    """Choose a column for everything that is asked of a layout."""
    fields = [field["name"] for field in columns.fields_of(layout)]
    headings = [*fields, *TEN]
    held = MarksImport(layout=layout, headings=headings, columns={"sheet": "Marks"})
    told = {f"column_{name}": TEN[0] if name == "first_mark" else name for name in fields}
    told |= {"name": "All", "date_format": "%d/%m/%Y", "own_codes": "IX = I"}
    told |= {"am_words": "vm", "pm_words": "nm", **WORDS, **more}
    return forms.ChooseColumns(told, held=held, saved=[])


def test_every_key_of_a_mapping_can_be_said_on_the_pages() -> None:
    keys, named = set[str](), set[str]()
    for layout in ("session", "week", "days"):
        form = chosen(layout)
        assert form.is_valid(), form.errors
        said = form.cleaned_data["content"]
        keys |= set(said)
        named |= set(said["columns"])
        mapping = columns.mapping_of(said)
        assert (mapping.yes, mapping.no) == (("ja", "plan"), ("nein",))
        assert mapping.no_mark == ("?", "**")
        assert len(mapping.pupil) == 3
    schema = schema_of("mapping_schema.yaml")["properties"]
    assert keys == set(schema)
    assert named == set(schema["columns"]["properties"])


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"no_words": ""}, "no_words"),
        ({"no_words": "ja"}, "no_words"),
        ({"no_mark": "noughtandnothing"}, "no_mark"),
    ],
)
def test_words_that_say_nothing_are_refused(told: dict[str, str], field: str) -> None:
    assert field in chosen("week", **told).errors


def workbook(headings: list[str], cells: list[dict[str, str]]) -> bytes:
    """Write a workbook whose marks are on its second sheet."""
    first = (
        f'{x.SHEET}<row r="1"><c r="A1" t="inlineStr"><is><t>About</t></is></c></row></sheetData>'
    )
    sheet = '<sheet name="Marks" sheetId="1" r:id="rId1"/>'
    about = '<sheet name="About" sheetId="2" r:id="rId2"/>'
    sheets = x.PARTS["xl/workbook.xml"].replace(sheet, about + sheet)
    one = x.PARTS["xl/_rels/workbook.xml.rels"]
    link = one[one.index("<Relationship ") : one.index("</Relationships>")]
    two = link.replace("rId1", "rId2").replace("sheet1", "sheet2")
    table = [headings, *([row[name] for name in headings] for row in cells)]
    rows_of = "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{x.letters(n)}{at}" t="inlineStr"><is><t>{x.escape(cell)}</t></is></c>'
            for n, cell in enumerate(line)
        )
        + "</row>"
        for at, line in enumerate(table, 1)
    )
    return x.as_workbook(
        rows_of,
        **{
            "xl/workbook.xml": sheets,
            "xl/_rels/workbook.xml.rels": one.replace(link, link + two),
            "xl/worksheets/sheet2.xml": f"{first}</worksheet>",
        },
    )


def brought(client: WatchfulClient, name: str, held: bytes, **more: Any) -> MarksImport | str:
    answer = client.post(
        reverse("marks-bring", kwargs={"urn": URN}),
        {"layout": "week", "file": SimpleUploadedFile(name, held), **more},
    )
    return (
        MarksImport.objects.latest("pk") if answer.status_code == 302 else answer.content.decode()
    )


@pytest.mark.django_db
def test_a_sheet_words_signs_and_the_laestab_are_said_on_the_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(facts(URN))
    known = pl.DataFrame({"urn": ["900002", URN], "laestab": ["9194118", "9194117"]})
    monkeypatch.setattr(tasks, "register_of", lambda _: SimpleNamespace(schools=known))
    client = head()
    names = [*HEADINGS, "School"]
    cells = [
        dict(zip(names, [*line.split(","), "919/4117"], strict=True))
        for line in rows(pupils=range(20))
    ]
    for row in cells:
        row["SEN"], row["EHC"] = ("Ja" if row["SEN"] == "Y" else "Nein"), "Nein"
        row["FSM"] = "Ja" if row["FSM"] == "Y" else "Nein"
    cells[0]["Marks"] = f"?{cells[0]['Marks'][1:]}"
    cells[1]["School"] = "919/4118"
    file = workbook(names, cells)
    assert "no sheet" in str(brought(client, "m.xlsx", file, sheet="Marx"))
    held = brought(client, "m.xlsx", file, sheet="Marks")
    assert isinstance(held, MarksImport)
    told = COLUMNS | WORDS | {"column_laestab": "School"}
    assert posted(client, "marks-columns", held, told).status_code == 302
    assert posted(client, "marks-terms", held, TERMS).status_code == 302
    held = done(held, "read_work")
    assert [(each["code"], each["rows"]) for each in held.report["problems"]] == [
        ("another_schools_row", [3])
    ]
    assert held.report["n_marks"] == 10 * (len(cells) - 1) - 1
    page = client.get(address("marks-found", held)).content.decode()
    assert "says whose school" not in page

    # The same columns are offered for a CSV with another separator, and read it.
    lines = [";".join(names), *(";".join(row.values()) for row in cells)]
    held = brought(client, "m.csv", "\n".join(lines).encode())
    assert isinstance(held, MarksImport)
    saved = {"saved": str(Mapping.objects.get().pk)}
    assert posted(client, "marks-columns", held, saved).status_code == 302
    assert posted(client, "marks-terms", held, TERMS).status_code == 302
    assert done(held, "read_work").report["n_marks"] == 10 * (len(cells) - 1) - 1


@pytest.mark.django_db
def test_a_file_that_does_not_say_whose_it_is_is_kept_only_after_that_was_said() -> None:
    register(facts(URN))
    client = head()
    held = brought(client, "m.csv", content(rows(pupils=range(20))))
    assert isinstance(held, MarksImport)
    posted(client, "marks-columns", held, COLUMNS)
    posted(client, "marks-terms", held, TERMS)
    held = done(held, "read_work")
    assert "says whose school" in client.get(address("marks-found", held)).content.decode()
