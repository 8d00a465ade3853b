"""A school challenges its target; an officer decides; both versions and the reason are kept."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from django.utils import timezone

import aiming
from aiming import SCHOOL, client_of, head, office, table, words
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.actions import ask, set_aside, try_again
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.targets import tasks
from schoolhubs.service.targets.challenges import actions, amending
from schoolhubs.service.targets.challenges.disputable import shares_read, things_of
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.models import Challenge, Explanation, Fit, SchoolTarget
from schoolhubs.service.targets.queries import figures_of
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.progress import quiet
from watchful import WatchfulClient

ADDRESS = f"/schools/{SCHOOL}/target"
YEAR = "2015/16"


@pytest.fixture(scope="module")
def fit(django_db_setup: None, django_db_blocker: Any) -> Iterator[Fit]:
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield aiming.fitted(aiming.kept(), is_audited=False)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(fit: Fit) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def newest(fit: Fit) -> SchoolTarget:
    found = SchoolTarget.objects.filter(fit=fit, urn=SCHOOL).last()
    assert found is not None
    return found


def challenged(
    client: WatchfulClient, thing: str = f"figure:{YEAR}", after: str = "3.1"
) -> Challenge:
    sent = {
        "thing": thing,
        "after": after,
        "words": "A week was counted twice",
        "evidence": "Marks",
    }
    answer = client.post(f"{ADDRESS}/challenge", sent)
    assert answer.status_code == 302, words(answer)
    made = Challenge.objects.last()
    assert made is not None
    return made


def decided(
    client: WatchfulClient, made: Challenge, verdict: str, version: int | None = None
) -> Any:
    said = {"verdict": verdict, "reason": "The marks show it", "version": version or made.version}
    return client.post(f"/office/target-challenges/{made.pk}", said)


def worked() -> Work:
    work = Work.objects.filter(kind="targets_amend").last()
    assert work is not None
    return done(work)


def done(work: Work, state: str = State.DONE) -> Work:
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == state, work.fault
    return work


def of_an_earlier_version(fit: Fit) -> Fit:
    """Keep a fit, with the school's target, that this version of the service reads no more."""
    told = {each.name: getattr(fit, each.name) for each in Fit._meta.fields if each.name != "id"}
    artefact = fit.artefact.replace('"layout_version": 3', '"layout_version": 1')
    assert artefact != fit.artefact
    other = Fit.objects.create(**{**told, "artefact": artefact})
    was = newest(fit)
    SchoolTarget.from_row(figures_of(was), fit=other, made_at=was.made_at).save()
    return other


def test_upheld_the_target_is_worked_out_again_and_both_are_kept(fit: Fit) -> None:
    client, was = head(), newest(fit)
    made = challenged(client)
    assert made.before == pytest.approx(was.last_year_percent)
    assert "Waiting for the office".lower() in words(client.get(ADDRESS))
    assert decided(office(), made, "yes").status_code == 302
    assert newest(fit).pk == was.pk
    worked()
    now = newest(fit)
    assert (now.version, now.amended_because) == (2, "The marks show it")
    assert now.last_year_percent == pytest.approx(3.1)
    assert now.expected_percent != was.expected_percent
    page = words(client.get(ADDRESS))
    assert f"Target: {now.target_percent:.2f} %" in page
    assert "Every version" in page
    assert f"{was.target_percent:.2f}" in page
    assert "The marks show it" in page
    letter = Letter.objects.get(kind="challenge_upheld")
    assert letter.facts["before"] == f"{was.target_percent:.2f} %"
    assert letter.facts["after"] == f"{now.target_percent:.2f} %"
    assert AuditEntry.objects.get(action="target.amend").reason == "The marks show it"


def test_what_was_upheld_is_told_beside_what_was_published_everywhere(fit: Fit) -> None:
    client, officer, was = head(), office(), newest(fit)
    published = was.last_year_percent
    assert published is not None
    first = client.get(ADDRESS)
    assert "as upheld" not in words(first)  # the negative control: nothing was
    for thing, after in ((f"figure:{YEAR}", "3.1"), ("figure:2013/14", "9.9")):
        decided(officer, challenged(client, thing, after), "yes")
        worked()
    page = words(client.get(ADDRESS))
    assert f"Last year, as published {published:.2f}" in page
    assert "Last year, as upheld in a challenge 3.10" in page
    both = f"Absence in {YEAR}: published {published:.2f} %; since a challenge was upheld, 3.10 %"
    assert page.count(both) >= 2  # at the head, and with the piece that it goes into
    earlier = page.split("Earlier years")[1]
    assert "9.9 % as upheld in a challenge; published" in earlier
    assert "Version 3, worked out on" in page
    figures = table(client, f"{ADDRESS}/figures.csv").row(0, named=True)
    assert figures["last_year_published_percent"] == pytest.approx(published, abs=1e-4)
    assert figures["last_year_percent"] == pytest.approx(3.1)
    years = table(client, f"{ADDRESS}/years.csv").filter(pl.col("year") == "2013/14")
    assert years["absence_percent"].item() == pytest.approx(9.9)
    assert years["published_percent"].item() < 9


def test_every_version_says_what_changed_and_leads_to_what_explained_it(fit: Fit) -> None:
    client, officer, was = head(), office(), newest(fit)
    made = challenged(client)
    decided(officer, made, "yes")
    worked()
    answer = client.get(ADDRESS)
    page = words(answer).split("Every version")[-1]
    assert f"Absence in {YEAR}: from {was.last_year_percent:.2f} % to 3.10 %" in page
    assert f'href="#challenge-{made.pk}"' in answer.content.decode()
    assert f'id="challenge-{made.pk}"' in answer.content.decode()
    before = words(client.get(f"{ADDRESS}/versions/1"))
    assert "This is version 1 of 2" in before
    assert f"Why {was.expected_percent:.2f} %?" in before
    assert f"Target: {was.target_percent:.2f} %" in before
    assert client.get(f"{ADDRESS}/versions/3").status_code == 404
    anew = aiming.fitted(fit.snapshot, "2016/17", is_audited=False)
    assert newest(anew).version == 1  # this way of fitting carries nothing, and no version 2
    assert client.get(f"{ADDRESS}/versions/2").status_code == 404


def test_what_changes_nothing_that_is_shown_is_no_challenge(fit: Fit) -> None:
    was = newest(fit).last_year_percent
    assert was is not None
    sent = {"thing": f"figure:{YEAR}", "after": f"{was:.1f}", "words": "x", "evidence": "x"}
    client = head()
    assert "what stands there already" in words(client.post(f"{ADDRESS}/challenge", sent))
    assert not Challenge.objects.exists()
    other = sent | {"after": f"{was + 0.1:.1f}"}
    assert client.post(f"{ADDRESS}/challenge", other).status_code == 302


@pytest.mark.parametrize(
    ("thing", "after", "says", "is_hard"),
    [
        (f"figure:{YEAR}", "3.1", "own other years lie between", False),
        (f"figure:{YEAR}", "100", "own other years lie between", True),
        ("context:eal_percent", "", "That corrects nothing", False),
        ("context:enrolments", "9000", "pupils from what stands there", True),
    ],
)
def test_an_officer_sees_how_far_a_claim_lies_from_what_is_known(
    fit: Fit, thing: str, after: str, says: str, is_hard: bool
) -> None:
    made = challenged(head(), thing, after)
    case = words(office().get(f"/office/target-challenges/{made.pk}"))
    assert says in case
    assert ("hard to believe" in case) == is_hard


def test_nobody_else_s_target_moves(fit: Fit) -> None:
    others = SchoolTarget.objects.filter(fit=fit).exclude(urn=SCHOOL)
    before = list(others.values_list("pk", "target_percent"))
    made = challenged(head())
    decided(office(), made, "yes")
    worked()
    assert list(others.values_list("pk", "target_percent")) == before


def test_a_comparator_upheld_leaves_the_set_and_the_target_stays(fit: Fit) -> None:
    client = head()
    first = str(table(client, f"{ADDRESS}/comparators.csv")["urn"][0])
    was = newest(fit)
    made = challenged(client, f"comparator:{first}", "")
    decided(office(), made, "yes")
    worked()
    assert first not in table(client, f"{ADDRESS}/comparators.csv")["urn"].to_list()
    assert newest(fit).target_percent == pytest.approx(was.target_percent)


def test_a_second_challenge_builds_on_the_first(fit: Fit) -> None:
    client, officer = head(), office()
    for after in ("3.1", "3.4"):
        decided(officer, challenged(client, after=after), "yes")
        worked()
    now = newest(fit)
    assert (now.version, [each["before"] for each in now.replaced][1]) == (3, 3.1)
    assert now.last_year_percent == pytest.approx(3.4)


def test_what_was_upheld_counts_in_the_next_fit_too(fit: Fit) -> None:
    decided(office(), challenged(head()), "yes")
    worked()
    anew = aiming.fitted(fit.snapshot, "2016/17")
    now = newest(anew)
    assert (now.version, [each["after"] for each in now.replaced]) == (2, [3.1])
    assert "still holds: The marks show it" in now.amended_because
    assert "counted no more" not in words(office(Role.OFFICE_READ).get("/office/target-challenges"))
    assert SchoolTarget.objects.filter(fit=anew, version=2).count() == 1


@pytest.mark.parametrize("before", [0, 1])
def test_what_is_upheld_while_targets_are_fitted_anew_counts_in_them(fit: Fit, before: int) -> None:
    client, officer = head(), office()
    for _ in range(before):
        decided(officer, challenged(client, "figure:2014/15", "3.3"), "yes")
        worked()
    order = {"snapshot": fit.snapshot_id, "until": "2016/17"}
    effect = tasks.work_out_fit(ask("targets_fit", order, **aiming.WHO), quiet)
    decided(officer, challenged(client), "yes")
    worked()
    anew = Fit.objects.get(pk=effect().facts["fit"])
    now = newest(anew)
    assert now.version == 2
    assert [each["after"] for each in now.replaced] == [*[3.3] * before, 3.1]
    assert SchoolTarget.objects.filter(fit=anew, version=2).count() == 1


def test_what_is_upheld_is_kept_where_targets_are_fitted_anew_meanwhile(fit: Fit) -> None:
    decided(office(), challenged(head()), "yes")
    late = amending.work_out_again(Work.objects.get(kind="targets_amend"), quiet)
    anew = aiming.fitted(fit.snapshot, "2016/17", is_audited=False)
    with pytest.raises(amending.AnotherWasQuicker):
        late()
    worked()
    assert [each["after"] for each in newest(anew).replaced] == [3.1]


def test_what_the_source_has_corrected_since_is_taken_from_it(fit: Fit) -> None:
    decided(office(), challenged(head()), "yes")
    worked()
    held = aiming.register()
    is_it = (pl.col("urn") == SCHOOL) & (pl.col("year") == YEAR)
    percent = pl.when(is_it).then(3.2).otherwise("sess_overall_percent")
    absence = held.absence.with_columns(sess_overall_percent=percent)
    anew = aiming.fitted(aiming.kept(dataclasses.replace(held, absence=absence)), "2016/17")
    assert newest(anew).version == 1
    listed = words(office(Role.OFFICE_READ).get("/office/target-challenges"))
    assert "counted no more" in listed
    assert "Absence in 2015/16" in listed


def test_done_twice_it_amends_once(fit: Fit) -> None:
    decided(office(), challenged(head()), "yes")
    work = worked()
    Work.objects.filter(pk=work.pk).update(state=State.WAITING, finished_at=None)
    worked()
    assert newest(fit).version == 2
    assert Explanation.objects.filter(target__urn=SCHOOL, target__version=2).count() == 1


def test_not_upheld_nothing_moves_and_the_school_is_told_why(fit: Fit) -> None:
    client, was = head(), newest(fit)
    made = challenged(client)
    assert decided(office(), made, "no").status_code == 302
    assert newest(fit).pk == was.pk
    assert not Work.objects.filter(kind="targets_amend").exists()
    assert Letter.objects.get(kind="challenge_refused").facts["reason"] == "The marks show it"
    assert "not upheld" in words(client.get(ADDRESS))


def test_of_two_officers_the_second_is_told_and_nothing_of_theirs_is_kept(fit: Fit) -> None:
    made, officer = challenged(head()), office()
    seen = made.version
    assert decided(officer, made, "no", seen).status_code == 302
    second = decided(officer, made, "yes", seen)
    assert second.status_code == 409
    assert "settled already" in words(second)
    made.refresh_from_db()
    assert made.state == "refused"


def test_a_school_takes_its_challenge_back_once(fit: Fit) -> None:
    client = head()
    made = challenged(client)
    address = f"{ADDRESS}/challenges/{made.pk}/withdraw"
    assert client.post(address, {"version": made.version}).status_code == 302
    assert client.post(address, {"version": made.version + 1}).status_code == 409
    assert decided(office(), made, "yes").status_code == 409
    assert "withdrawn" in words(client.get(ADDRESS))


def test_the_same_thing_is_not_challenged_twice_at_once(fit: Fit) -> None:
    client = head()
    challenged(client)
    sent = {"thing": f"figure:{YEAR}", "after": "2", "words": "Again", "evidence": "Marks"}
    with transaction.atomic():
        assert client.post(f"{ADDRESS}/challenge", sent).status_code == 409


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Select what is wrong"),
        ({"thing": "figure:1999/00"}, "Select what is wrong"),
        ({"thing": f"figure:{YEAR}"}, "Enter what the absence of that year should be"),
        ({"thing": f"figure:{YEAR}", "after": "101"}, "at most 100"),
        ({"thing": f"figure:{YEAR}", "after": "nan"}, "Enter a number"),
        ({"thing": f"figure:{YEAR}", "after": "3"}, "Say what is wrong with it"),
        ({"thing": f"figure:{YEAR}", "after": "3", "words": "x"}, "Say where it can be checked"),
    ],
)
def test_what_is_missing_is_asked_for(fit: Fit, sent: dict[str, str], says: str) -> None:
    answer = head().post(f"{ADDRESS}/challenge", sent)
    assert answer.status_code == 200
    assert says in words(answer)
    assert not Challenge.objects.exists()


def test_another_school_neither_challenges_nor_withdraws(fit: Fit) -> None:
    made = challenged(head())
    other = head("900002")
    assert other.get(f"{ADDRESS}/challenge").status_code == 404
    withdrawn = other.post(f"{ADDRESS}/challenges/{made.pk}/withdraw", {"version": made.version})
    assert withdrawn.status_code == 404
    # Nor with its own school in the address.
    address = f"/schools/900002/target/challenges/{made.pk}/withdraw"
    assert other.post(address, {"version": made.version}).status_code == 404


def test_targets_fitted_anew_strand_no_open_challenge(fit: Fit) -> None:
    client, was = head(), newest(fit)
    made = challenged(client)
    anew = aiming.fitted(fit.snapshot, "2016/17", is_audited=False)
    page = words(client.get(ADDRESS))
    assert "in the target for 2016/17" in page
    assert "Withdraw this challenge" in page
    officer = office()
    assert "Challenged in the target for 2016/17" in words(
        officer.get(f"/office/target-challenges/{made.pk}")
    )
    decided(officer, made, "yes")
    worked()
    now = newest(anew)
    assert (now.version, [each["after"] for each in now.replaced]) == (2, [3.1])
    assert newest(fit).pk == was.pk
    case = words(officer.get(f"/office/target-challenges/{made.pk}"))
    assert "version 2 of the target for 2017/18" in case


def test_what_is_upheld_is_not_challenged_again_before_it_counts(fit: Fit) -> None:
    client = head()
    decided(office(), challenged(client), "yes")
    sent = {"thing": f"figure:{YEAR}", "after": "2", "words": "Again", "evidence": "Marks"}
    again = client.post(f"{ADDRESS}/challenge", sent)
    assert again.status_code == 409
    assert "agreed with your school about this already" in words(again)
    worked()
    assert client.post(f"{ADDRESS}/challenge", sent).status_code == 302


def test_a_job_that_stopped_is_shown_tried_again_or_set_aside(fit: Fit) -> None:
    """A later version of the service may refuse the model that stands."""
    client, officer = head(), office()
    made = challenged(client)
    other = of_an_earlier_version(fit)
    decided(officer, made, "yes")
    work = done(Work.objects.get(kind="targets_amend"), State.FAILED)
    case = words(officer.get(f"/office/target-challenges/{made.pk}"))
    assert "Stopped: " in case
    assert "it has layout 1" in case
    assert (
        f"/office/target-challenges/{made.pk}" in officer.get(f"/jobs/{work.pk}").content.decode()
    )
    other.delete()
    assert "could not be worked out again with it" in words(client.get(ADDRESS))
    who = {key: aiming.WHO[key] for key in ("by", "organisation", "at", "place")}
    with transaction.atomic():
        set_aside(work, **who)
        assert "was not worked out again with it" in words(client.get(ADDRESS))
        challenged(client, after="2.9")
        transaction.set_rollback(True)
    try_again(work, **who)
    done(work)
    assert newest(fit).version == 2


def test_of_two_jobs_of_a_school_the_slower_starts_from_the_other_s(fit: Fit) -> None:
    client, officer = head(), office()
    for thing, after in ((f"figure:{YEAR}", "3.1"), ("figure:2014/15", "3.3")):
        decided(officer, challenged(client, thing, after), "yes")
    first, second = Work.objects.filter(kind="targets_amend")
    late = amending.work_out_again(first, quiet)
    done(second)
    with pytest.raises(amending.AnotherWasQuicker):
        late()
    done(first)
    now = newest(fit)
    assert (now.version, [each["after"] for each in now.replaced]) == (3, [3.3, 3.1])


def test_nobody_decides_a_challenge_of_their_own(fit: Fit) -> None:
    made = challenged(head())
    who = {**aiming.WHO, "by": made.made_by}
    with pytest.raises(Conflict, match="somebody else has to decide"):
        actions.decide(made, is_upheld=True, reason="Ours", version=made.version, **who)
    made.refresh_from_db()
    assert made.state == "open"


def test_who_refused_a_thing_does_not_decide_it_again(fit: Fit) -> None:
    client, officer = head(), office()
    decided(officer, challenged(client), "no")
    other_thing = challenged(client, "figure:2014/15")
    assert decided(officer, other_thing, "no").status_code == 302
    again = challenged(client)
    refused = decided(officer, again, "no")
    assert refused.status_code == 409
    assert "a person who did not" in words(refused)
    assert decided(office(Role.OFFICE_CASEWORKER), again, "yes").status_code == 302


def test_a_trust_that_challenges_is_written_to_and_so_is_the_school(fit: Fit) -> None:
    held = aiming.register()
    theirs = pl.when(pl.col("urn") == SCHOOL).then(pl.lit("9001")).otherwise("trust_id")
    aiming.kept(dataclasses.replace(held, schools=held.schools.with_columns(trust_id=theirs)))
    head()
    trust = client_of(Role.PARTNER_TRUST, kind="trust", uid="9001")
    assert trust.get("/schools/900002/target").status_code == 404
    decided(office(), challenged(trust), "no")
    letters = Letter.objects.filter(kind="challenge_refused")
    written = {(each.organisation, bool(each.to)) for each in letters}
    assert written == {(f"school:{SCHOOL}", True), ("trust:9001", True)}


def test_who_challenges_is_written_to_that_it_has_come(fit: Fit) -> None:
    client = head()
    made = challenged(client)
    letter = Letter.objects.get(about=f"challenge:{made.pk}")
    assert (letter.kind, letter.organisation) == ("challenge_received", f"school:{SCHOOL}")
    assert letter.facts["thing"] == f"absence in {YEAR}"


def test_a_trust_whose_school_has_no_account_gets_one_letter(fit: Fit) -> None:
    held = aiming.register()
    theirs = pl.when(pl.col("urn") == SCHOOL).then(pl.lit("9001")).otherwise("trust_id")
    aiming.kept(dataclasses.replace(held, schools=held.schools.with_columns(trust_id=theirs)))
    trust = client_of(Role.PARTNER_TRUST, kind="trust", uid="9001")
    made = challenged(trust)
    assert Letter.objects.get(kind="challenge_received").organisation == "trust:9001"
    decided(office(), made, "no")
    (letter,) = Letter.objects.filter(kind="challenge_refused")
    assert letter.organisation == f"school:{SCHOOL}"
    assert letter.to
    assert "attendance target stays" in words(trust.get("/letters"))


def test_all_that_is_offered_moves_something_when_upheld(fit: Fit) -> None:
    row = newest(fit)
    explained = explanation_of(row, at=timezone.now())
    assert explained is not None
    things = [each for each in things_of(row, explained.target) if each.takes_a_number]
    names = {each.name for each in things}
    assert {"enrolments", "fsm_ever_percent", "eal_percent", "2010/11", "2015/16"} <= names
    assert not {"n_pupils", "fsm_percent", "2016/17"} & names
    for each in things:
        changed = (each.value or 0) / 2
        whole = int(changed) if each.name == "enrolments" else changed
        one = Challenge(
            target=row, urn=row.urn, kind=each.kind, name=each.name, before=each.value,
            after=whole, decided_reason="So it was", decided_by="officer",
        )  # fmt: skip
        found = amending.recomputed(row, one)
        moved = found.after.expected_percent - found.before.expected_percent
        assert abs(moved) > 1e-6, each


def test_what_the_school_lacks_is_offered_where_it_alone_is_missing() -> None:
    panel = aiming.panels()[0]
    gone = pl.when(pl.col("urn") != SCHOOL).then(pl.col("eal_percent")).alias("eal_percent")
    lacking = dataclasses.replace(panel, context=panel.context.with_columns(gone))
    full = ("fsm_ever_percent", "sen_support_percent", "ehc_plan_percent", "eal_percent")
    read = {"full": full, "fsm": ("fsm_percent",), "bare": ()}
    target = SchoolTarget(urn=SCHOOL)
    names = [each.name for each in shares_read(lacking, target, {}, read)]
    assert names == ["eal_percent", "fsm_percent"]


def test_a_roll_and_a_blank_value_are_challenged_through_the_form(fit: Fit) -> None:
    client, officer = head(), office()
    assert "how many pupils" in words(
        client.post(
            f"{ADDRESS}/challenge",
            {"thing": "context:enrolments", "words": "x", "evidence": "x"},
        )
    )
    made = challenged(client, "context:enrolments", "150")
    assert "Pupils on roll" in words(officer.get(f"/office/target-challenges/{made.pk}"))
    decided(officer, made, "yes")
    worked()
    rolled = newest(fit)
    assert (
        rolled.chance_size_percent
        != SchoolTarget.objects.get(fit=fit, urn=SCHOOL, version=1).chance_size_percent
    )
    decided(officer, challenged(client, "context:eal_percent", ""), "yes")
    worked()
    now = newest(fit)
    assert [each["after"] for each in now.replaced] == [150, None]
    assert now.expected_percent != rolled.expected_percent
    assert "the school says not known" in words(client.get(ADDRESS))


def test_where_the_model_is_read_no_more_nothing_is_offered(fit: Fit) -> None:
    client = head()
    client.get(ADDRESS)
    other = of_an_earlier_version(fit)
    kept = Explanation.objects.get(target=newest(fit))
    Explanation.objects.create(
        target=newest(other), record=kept.record, said=kept.said, made_at=kept.made_at
    )
    for answer in (client.get(f"{ADDRESS}/challenge"), client.post(f"{ADDRESS}/challenge")):
        assert "has been renewed" in words(answer)
    assert answer.status_code == 409
