"""A plan goes on one page, whatever it holds, and the page can be read aloud."""

import dataclasses
import datetime
import io
import json

import pypdf
import pytest
import typst

import planned
from schoolhubs.service.plans.printing import pdf as printing
from schoolhubs.service.plans.printing.one_page import ROOM, in_every_room, one_page
from schoolhubs.vocabulary.records.plan import ActionPlan, Approval

DAY = datetime.date(2026, 11, 23)
SCHOOL = "Elm School"


def printed(plan: ActionPlan, *, is_in_force: bool = False) -> pypdf.PdfReader:
    lengths = in_every_room(plan, school_name=SCHOOL, is_in_force=is_in_force)
    return pypdf.PdfReader(io.BytesIO(printing.pdf(lengths, on=DAY, issued_by="School hubs")))


def words(read: pypdf.PdfReader) -> str:
    return " ".join(" ".join(each.extract_text().split()) for each in read.pages)


def read_aloud(node: object) -> list[str]:
    """Give the kinds of tags below a node in reading order."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        return [kind for each in node for kind in read_aloud(each)]
    if not isinstance(node, dict):
        return []
    return [*([str(node["/S"])] if "/S" in node else []), *read_aloud(node.get("/K"))]


def big_plan(plan: ActionPlan) -> ActionPlan:
    objective, action, screen = plan.objectives[0], plan.actions[0], plan.screens[0]
    return dataclasses.replace(
        plan,
        title="A very long title " * 10,
        objectives=tuple(
            dataclasses.replace(objective, objective_id=f"o{at}", title="Every word counts " * 40)
            for at in range(30)
        ),
        actions=tuple(
            dataclasses.replace(action, action_id=f"a{at}", title="x" * 900, for_whom="All " * 90)
            for at in range(60)
        ),
        screens=(screen,) * 20,
        consultations=plan.consultations * 9,
    )


def test_the_print_is_tagged_titled_and_in_english() -> None:
    read = printed(planned.whole_plan())
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert read.metadata
    assert read.metadata.title == "Earlier help when absence begins to rise, Elm School"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_headings_stand_before_their_tables_in_reading_order() -> None:
    plan = planned.whole_plan()
    told = one_page(plan, school_name=SCHOOL, is_in_force=False, room=ROOM[0])
    read = printed(plan)
    found = read_aloud(read.trailer["/Root"]["/StructTreeRoot"])
    marks = [each for each in found if each in ("/Title", "/H1", "/Table")]
    assert marks[-8:] == ["/H1", "/Table"] * 4
    assert found.count("/TH") == sum(len(each.heads) for each in told.tables)
    assert found.count("/TR") == sum(1 + len(each.rows) for each in told.tables)


def test_the_print_says_every_word_of_the_page_in_its_order() -> None:
    plan = planned.whole_plan()
    told = one_page(plan, school_name=SCHOOL, is_in_force=False, room=ROOM[0])
    said = "".join(words(printed(plan)).split())
    at = 0
    for table in told.tables:
        for each in (table.title, *table.heads, *(cell for row in table.rows for cell in row)):
            at = said.index("".join(each.split()), at)


@pytest.mark.parametrize("is_big", [False, True])
def test_whatever_a_plan_holds_it_is_one_page(is_big: bool) -> None:
    plan = planned.whole_plan()
    read = printed(big_plan(plan) if is_big else plan)
    assert len(read.pages) == 1
    assert ("more: see the plan" in words(read)) == is_big, "what is left out is said"


def test_a_draft_says_that_it_is_one_and_an_approval_by_whom() -> None:
    plan = planned.whole_plan()
    approval = Approval(
        approved_by="H. Elm", approved_on=DAY, definition_version="1", digest=plan.digest
    )
    approved = dataclasses.replace(plan, approval=approval)
    assert "Draft: this plan is not approved." in words(printed(plan))
    assert "Approved by H. Elm on 23 November 2026." in words(printed(approved, is_in_force=True))
    assert "not in force any more" not in words(printed(approved, is_in_force=True))
    assert "not in force any more" in words(printed(approved, is_in_force=False))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Caf\u00e9 \u0141\u00f3d\u017a", "Caf\u00e9 \u0141\u00f3d\u017a"),
        ("\u6f22\u5b57 plan", "?? plan"),
        ("Smile \U0001f600", "Smile ?"),
        ("ring\x07ing", "ringing"),
        ("#let x = [*no markup*]", "#let x = [*no markup*]"),
        ("W" * 3000, "WWW"),
        ("\ufeff\uffff", "Action plan"),
    ],
)
def test_whatever_is_typed_prints(typed: str, said: str) -> None:
    read = printed(dataclasses.replace(planned.whole_plan(), title=typed))
    assert len(read.pages) == 1
    assert said in words(read)


def test_the_typeface_has_every_letter_that_is_called_sure() -> None:
    sure = [chr(at) for at in range(32, 0x2300) if not printing.NOT_SURE.match(chr(at))]
    assert len(sure) > 300
    plan = planned.whole_plan()
    parts = ["".join(sure[at : at + 90]) for at in range(0, len(sure), 90)]
    actions = tuple(dataclasses.replace(plan.actions[0], title=f"a{each}") for each in parts)
    page = one_page(
        dataclasses.replace(plan, actions=actions), school_name=SCHOOL, is_in_force=False,
        room=ROOM[0],
    )  # fmt: skip
    printing._compiled.__wrapped__(_told(page), 0)


def test_the_typesetter_refuses_what_breaks_the_standard() -> None:
    """Without the question mark the letter would stop the print: the standard is on."""
    page = one_page(planned.whole_plan(), school_name="\u6f22", is_in_force=False, room=ROOM[0])
    with pytest.raises(typst.TypstError, match=printing.CANNOT_BE_SHOWN):
        printing._compiled.__wrapped__(_told(page), 0)


def _told(page: object) -> str:
    return json.dumps({"issued_by": "us", "lengths": [dataclasses.asdict(page)]})  # type: ignore[call-overload]


def test_the_same_words_give_the_same_bytes() -> None:
    lengths = in_every_room(planned.whole_plan(), school_name=SCHOOL, is_in_force=False)
    first = printing.pdf(lengths, on=DAY, issued_by="us")
    printing._compiled.cache_clear()
    assert printing.pdf(lengths, on=DAY, issued_by="us") == first
