"""The pages of letters: an organisation reads its own, the office reads all and mends."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from invented import facts, register
from posting import AT, draft, post, written
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.letters.models import Letter, State
from schoolhubs.service.letters.post import sending
from signing import signed_in

HEAD, GOVERNOR = Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_GOVERNOR


def words(answer: Any) -> str:
    """Give the words of a page, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def stopped(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=State.FAILED, fault="Refused. Try again.")


@pytest.fixture
def officer(db: None) -> Client:
    register(facts("900001"), facts("900002"))
    return signed_in(Role.OFFICE_CASEWORKER, subject="ann")


@pytest.mark.django_db
def test_a_school_reads_what_was_written_to_it_once(officer: Client) -> None:
    written(draft(addresses=("head@900001.example", "deputy@900001.example")), draft(urn="900002"))
    governor = signed_in(GOVERNOR, urn="900001", subject="gil")
    page = words(governor.get("/letters"))
    assert page.count("Ash School: application AB-1 received") == 1
    assert "the email is on its way" in page
    with post() as there:
        sending.send_due(there.sender())
    first = Letter.objects.order_by("pk")[0]
    shown = words(governor.get(f"/letters/{first.pk}"))
    assert "Sent by email on" in shown
    assert "What happens next" in shown
    assert "head@900001.example" not in shown
    other = Letter.objects.get(organisation="school:900002")
    assert governor.get(f"/letters/{other.pk}").status_code == 404
    assert governor.get("/letters/999999").status_code == 404


@pytest.mark.django_db
def test_a_school_without_letters_is_told_when_there_will_be_some(officer: Client) -> None:
    head = signed_in(HEAD, urn="900002", subject="zoe")
    assert "We have not written to" in words(head.get("/letters"))


@pytest.mark.django_db
def test_the_office_finds_letters_by_state_kind_and_what_is_typed(officer: Client) -> None:
    written(draft(), draft(kind="withdrawn", urn="900002"), draft(about="application:ZZ-9/1"))
    stopped(Letter.objects.get(kind="withdrawn"))
    for query, n in (
        ("", "3 letters"), ("?state=failed", "1 letter"), ("?kind=withdrawn", "1 letter"),
        ("?typed=900001", "2 letters"), ("?typed=zz-9", "1 letter"), ("?typed=none", "No letters"),
    ):  # fmt: skip
        page = words(officer.get(f"/office/letters{query}"))
        assert f"Apply filters {n} " in page, query
    wrong = officer.get("/office/letters?state=lost")
    assert words(wrong).count("Select a state from the list") == 2


@pytest.mark.django_db
def test_a_stopped_letter_says_why_and_is_tried_again(officer: Client) -> None:
    written(draft())
    Letter.objects.update(written_by="ann")
    letter = Letter.objects.get()
    stopped(letter)
    page = f"/office/letters/{letter.pk}"
    Person.objects.filter(subject="ann").update(name="Ann Marrow")
    assert "1 letter has stopped" in words(officer.get("/office/letters"))
    assert "Refused. Try again." in words(officer.get(page))
    assert officer.post(f"{page}/try-again").status_code == 302
    after = words(officer.get(page))
    assert "tried again, by Ann Marrow" in after
    assert after.count("by Ann Marrow") == 2, "written and tried again"
    assert officer.post(f"{page}/try-again").status_code == 409
    stopped(letter)
    assert officer.post("/office/letters/try-again").status_code == 302
    letter.refresh_from_db()
    assert letter.state == State.WAITING


@pytest.mark.django_db
def test_a_letter_with_nobody_says_who_must_sign_in(officer: Client) -> None:
    written(draft(addresses=()))
    letter = Letter.objects.get()
    assert "nobody to go to" in words(officer.get("/office/letters"))
    told = officer.post(f"/office/letters/{letter.pk}/try-again")
    assert told.status_code == 409
    assert "Partner school, headteacher" in words(told)


@pytest.mark.django_db
def test_a_reader_of_the_office_mends_nothing(officer: Client) -> None:
    written(draft())
    letter = Letter.objects.get()
    stopped(letter)
    reader = signed_in(Role.OFFICE_READ, subject="bob")
    assert "Try again" not in reader.get(f"/office/letters/{letter.pk}").content.decode().replace(
        "Refused. Try again.", ""
    )
    assert reader.post("/office/letters/try-again").status_code == 403


@pytest.mark.django_db
def test_the_lists_are_found_in_few_queries(
    officer: Client, django_assert_max_num_queries: Any
) -> None:
    written(*(draft(about=f"application:AB-1/{n}") for n in range(60)))
    Letter.objects.update(written_at=AT)
    with django_assert_max_num_queries(15):
        officer.get("/office/letters")
    head = signed_in(HEAD, urn="900001", subject="head")
    with django_assert_max_num_queries(15):
        head.get("/letters")
