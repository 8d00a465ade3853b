"""A leadership team answers a self-assessment: alone, then side by side, and then never again."""

import dataclasses
import datetime
import html
import io
import re
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse

from invented import AT, facts, register
from schoolhubs import diagnosis
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.diagnosis import queries as handed_on
from schoolhubs.service.diagnosis.assessing import actions, queries
from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.models import AssessmentAnswer, SelfAssessment, TeamMember
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.diagnosis.answers import AnswerSet
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from signing import signed_in

pytestmark = pytest.mark.django_db
SCHOOL, SPECIAL, AP = "900001", "900003", "900004"
PAGE = f"/schools/{SCHOOL}/self-assessment"
ASKED = diagnosis.instrument("attendance-mainstream")
DONE: dict[str, Any] = {"organisation": f"school:{SCHOOL}", "at": AT, "place": "tests"}
HEAD, LEADER = Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_LEADER


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(
        facts(SCHOOL), facts("900002"), facts(SPECIAL, phase="special"),
        facts(AP, phase="alternative_provision"), facts("900005", phase="sixteen_plus"),
    )  # fmt: skip


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def begun(instrument: Instrument = ASKED, urn: str = SCHOOL) -> SelfAssessment:
    return actions.begin(urn, instrument, by="ada", **DONE)


def answered(
    one: SelfAssessment, by: str, label: str, value: int | None = 2, *items: str, note: str = ""
) -> None:
    names = items or tuple(each.name for each in queries.as_kept(one.asked).items)
    given = [Given(item=each, value=value, note=note) for each in names]
    actions.answer(one, given, label=label, by=by, **DONE)


def finished() -> SelfAssessment:
    one = begun()
    answered(one, "ada", "Headteacher", 4)
    answered(one, "ben", "SENCO", 3)
    answered(one, "ben", "SENCO", 1, "lesson_registers", note="Nobody looks")
    return actions.finish(one, on=AT.date(), by="ada", **DONE)


@pytest.mark.parametrize(
    ("urn", "titles"),
    [
        (SCHOOL, ["attendance-mainstream", "behaviour-mainstream"]),
        (SPECIAL, ["attendance-special", "behaviour-special"]),
        (AP, ["attendance-alternative-provision", "behaviour-alternative-provision"]),
        ("900005", []),
    ],
)
def test_a_school_is_offered_the_editions_of_its_own_kind(urn: str, titles: list[str]) -> None:
    page = signed_in(HEAD, urn=urn).get(f"/schools/{urn}/self-assessment")
    offered = re.findall(r"/begin/([a-z-]+)", page.content.decode())
    assert offered == titles
    assert ("no self-assessment written" in words(page)) == (not titles)


def test_a_team_answers_in_the_browser_each_alone_and_then_sees_all() -> None:
    head, senco = signed_in(HEAD, urn=SCHOOL), signed_in(LEADER, urn=SCHOOL, subject="ben")
    at = head.post(f"{PAGE}/begin/attendance-mainstream").headers["Location"]
    for client, level, name in ((head, "4", "Head"), (senco, "2", "SENCO")):
        client.post(f"{at}/name", {"person": name})
        for section in ASKED.sections:
            sent = {each.name: level for each in ASKED.of_section(section.name)}
            sent[f"note-{ASKED.of_section(section.name)[0].name}"] = f"As {name} saw"
            assert client.post(f"{at}/sections/{section.name}", sent).status_code == 302
    before = words(senco.get(at))
    assert "Head: 42 of 42 items" in before
    everything = before + "".join(
        words(senco.get(f"{at}/sections/{each.name}")) for each in ASKED.sections
    )
    assert "As SENCO saw" in everything
    assert "As Head saw" not in everything
    assert senco.get(f"{at}/answers.csv").status_code == 404
    assert senco.post(f"{at}/finish").status_code == 403
    assert head.post(f"{at}/finish").status_code == 302
    after = words(senco.get(at))
    assert "As Head saw" in after
    assert "2 levels apart" in after
    assert "Secure" in after
    assert SelfAssessment.objects.get().state == "finished"


def test_widest_differences_come_first_and_nothing_is_averaged() -> None:
    one = finished()
    page = words(signed_in(HEAD, urn=SCHOOL).get(f"{PAGE}/{one.pk}"))
    wide = page.index(ASKED.item("lesson_registers").words)
    assert wide < page.index(ASKED.item("register_on_time").words)
    assert "3 levels apart" in page
    assert "Nobody looks" in page
    assert "2.5" not in page


def test_who_only_looks_on_sees_how_many_said_what_and_no_names_and_notes() -> None:
    one = finished()
    page = words(signed_in(Role.PARTNER_SCHOOL_GOVERNOR, urn=SCHOOL).get(f"{PAGE}/{one.pk}"))
    assert "1 person : 4." in page
    assert "SENCO" not in page
    assert "Nobody looks" not in page
    assert "Download" not in page


def test_a_submit_that_is_refused_shows_all_that_was_typed() -> None:
    one = begun()
    client = signed_in(HEAD, urn=SCHOOL)
    sent = {
        "register_on_time": "9", "note-register_on_time": "Twelve of fifteen registers on time",
        "codes_agreed": "3", "note-late_marks": "The gate at nine",
    }  # fmt: skip
    page = client.post(f"{PAGE}/{one.pk}/sections/registers", sent)
    assert page.status_code == 200
    assert "There is a problem" in words(page)
    assert "Twelve of fifteen registers on time" in words(page)
    assert "The gate at nine" in words(page)
    assert re.search(r'name="codes_agreed"[^>]*value="3"\s+checked', page.content.decode())
    assert AssessmentAnswer.objects.count() == 0


def test_a_pupils_number_in_a_note_is_refused_and_not_kept() -> None:
    one = begun()
    sent = {"register_on_time": "2", "note-register_on_time": "See H801200001001"}
    page = signed_in(HEAD, urn=SCHOOL).post(f"{PAGE}/{one.pk}/sections/registers", sent)
    assert "pupil’s number" in words(page)
    assert AssessmentAnswer.objects.count() == 0


def test_notes_typed_while_somebody_finishes_are_shown_to_be_copied() -> None:
    one = begun()
    answered(one, "ben", "SENCO")
    client = signed_in(HEAD, urn=SCHOOL)
    sent = {"register_on_time": "2", "note-register_on_time": "Seen at the gate"}
    real = queries.assessment

    def finished_meanwhile(urn: str, assessment_id: int) -> SelfAssessment:
        found = real(urn, assessment_id)
        actions.finish(found, on=AT.date(), by="cleo", **DONE)
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queries, "assessment", finished_meanwhile)
        page = client.post(f"{PAGE}/{one.pk}/sections/registers", sent)
    assert page.status_code == 409
    assert "Seen at the gate" in words(page)
    assert not AssessmentAnswer.objects.filter(note="Seen at the gate").exists()


def test_it_is_not_finished_while_an_item_is_open() -> None:
    one = begun()
    names = [each.name for each in ASKED.items]
    answered(one, "ada", "Head", 2, *names[1:])
    client = signed_in(HEAD, urn=SCHOOL)
    assert ASKED.item(names[0]).words in words(client.post(f"{PAGE}/{one.pk}/finish"))
    answered(one, "ben", "SENCO", None, names[0])
    assert client.post(f"{PAGE}/{one.pk}/finish").status_code == 302


def test_only_one_of_a_kind_is_open_and_a_finished_one_makes_room() -> None:
    finished()
    begun()
    with pytest.raises(Conflict, match="begun this self-assessment already"):
        begun()


def test_finishing_ends_the_step_of_the_audit() -> None:
    one = begun()
    answered(one, "ada", "Head")
    assert handed_on.audit_steps(SCHOOL, AT.date()) == ()
    actions.finish(one, on=AT.date(), by="ada", **DONE)
    (step,) = handed_on.audit_steps(SCHOOL, AT.date())
    assert (step.step, step.finished_on) == ("self_assessment", AT.date())
    assert handed_on.audit_steps(SCHOOL, AT.date() + datetime.timedelta(days=1)) == ()
    assert handed_on.audit_steps("900002", AT.date()) == ()


def changed_before(words_before: str = "Was worded otherwise") -> SelfAssessment:
    """Begin under an earlier wording than the one that is there now."""
    first = dataclasses.replace(ASKED.items[0], words=words_before)
    before = dataclasses.replace(
        ASKED, version="0.9", fingerprint="0" * 12, items=(first, *ASKED.items[1:])
    )
    return begun(before)


def test_a_changed_instrument_makes_an_unfinished_set_begin_anew_knowingly() -> None:
    one = changed_before()
    client = signed_in(HEAD, urn=SCHOOL)
    assert "takes no further answer" in words(client.get(f"{PAGE}/{one.pk}"))
    refused = client.post(f"{PAGE}/{one.pk}/sections/registers", {"register_on_time": "2"})
    assert refused.status_code == 409
    shown = client.get(f"{PAGE}/{one.pk}/restart")
    assert "Before: Was worded otherwise" in words(shown)
    assert client.post(f"{PAGE}/{one.pk}/restart", {"knowing": "0" * 12}).status_code == 409
    sent = {"knowing": ASKED.fingerprint}
    assert client.post(f"{PAGE}/{one.pk}/restart", sent).status_code == 302
    anew = SelfAssessment.objects.get(state="open")
    assert (anew.restarted_from, anew.replaces_id, anew.asked.version) == ("0.9", one.pk, "1.0")
    assert "began anew" in words(client.get(f"{PAGE}/{one.pk}"))


def test_a_finished_one_is_read_by_the_wording_it_was_given_to() -> None:
    first = dataclasses.replace(ASKED.items[0], words="Was worded otherwise")
    before = dataclasses.replace(
        ASKED, version="0.9", fingerprint="0" * 12, items=(first, *ASKED.items[1:])
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(diagnosis, "instrument", lambda *_: before)
        one = begun(before)
        answered(one, "ada", "Head")
        actions.finish(one, on=AT.date(), by="ada", **DONE)
    client = signed_in(HEAD, urn=SCHOOL)
    assert "Was worded otherwise" in words(client.get(f"{PAGE}/{one.pk}"))
    assert client.get(f"{PAGE}/{one.pk}/restart").status_code == 302


CHANGES = (
    "UPDATE diagnosis_assessmentanswer SET value = 1",
    "DELETE FROM diagnosis_assessmentanswer",
    "UPDATE diagnosis_teammember SET person = 'Somebody else'",
    "INSERT INTO diagnosis_teammember SELECT 99, 'eve', 'Eve', id FROM diagnosis_selfassessment",
    "UPDATE diagnosis_selfassessment SET state = 'open', finished_on = NULL",
    "UPDATE diagnosis_selfassessment SET finished_on = '2030-01-01'",
    "DELETE FROM diagnosis_selfassessment",
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_what_is_finished(statement: str) -> None:
    finished()
    with pytest.raises(DatabaseError):
        run(statement)


def test_nothing_is_begun_as_finished() -> None:
    one = begun()
    with pytest.raises(DatabaseError), transaction.atomic():
        SelfAssessment.objects.create(
            urn="900002", asked=one.asked, instrument_id=one.instrument_id, begun_at=AT,
            begun_by="ada", organisation="school:900002", state="finished", finished_on=AT.date(),
            finished_at=AT, finished_by="ada",
        )  # fmt: skip


def test_the_file_is_what_diagnosis_reads_and_says_the_same() -> None:
    one = finished()
    answer: HttpResponse = signed_in(HEAD, urn=SCHOOL).get(f"{PAGE}/{one.pk}/answers.csv")
    assert read_back(answer.content) == (queries.answer_set_of(one),)


def read_back(content: bytes) -> tuple[AnswerSet, ...]:
    contract = frames.SELF_ASSESSMENT_ANSWERS
    read = pl.read_csv(io.BytesIO(content), schema_overrides=dict(contract.schema))
    return diagnosis.answers.from_frame(contract.check(read))


def test_two_people_with_one_label_are_told_apart() -> None:
    one = begun()
    answered(one, "ada", "Leadership team", 2, "codes_agreed")
    answered(one, "ben", "Leadership team", 3, "codes_agreed")
    people = set(TeamMember.objects.values_list("person", flat=True))
    assert people == {"Leadership team", "Leadership team 2"}
    with pytest.raises(Conflict, match="called so already"):
        actions.rename(one, "Leadership team", by="ben", **DONE)


def test_the_audit_tells_who_did_what_and_no_answer() -> None:
    finished()
    entries = AuditEntry.objects.filter(action__startswith="self_assessment.")
    assert [each.action.partition(".")[2] for each in entries.order_by("number")] == [
        "begin", "answer", "answer", "answer", "finish",
    ]  # fmt: skip
    assert all("Nobody looks" not in str(each.details) for each in entries)


def test_an_answer_that_fits_no_item_keeps_none_of_them() -> None:
    one = begun()
    given = [Given(item="codes_agreed", value=2), Given(item="no_such", value=2)]
    with pytest.raises(DataProblem, match="no_such"):
        actions.answer(one, given, label="Head", by="ada", **DONE)
    assert AssessmentAnswer.objects.count() == TeamMember.objects.count() == 0
