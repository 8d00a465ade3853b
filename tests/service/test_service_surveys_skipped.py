"""Results of a survey in which many left a question about themselves out."""

import polars as pl
import pytest
from django.urls import reverse

from invented import facts, register
from peopled import person_at
from polled import poll, pupils, scored
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from surveyed import URN
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db


def test_results_are_shown_where_many_did_not_say_who_they_are() -> None:
    register(facts(URN))
    school = Organisation.objects.create(sign_in_id="one", kind="school", name="One", urn=URN)
    client = WatchfulClient()
    client.act_as(person_at(school, [Role.PARTNER_SCHOOL_HEAD], "head"), school)
    is_left_out = pl.int_range(pl.len()) < 25
    said = pupils(90, seed=1).with_columns(
        year_group=pl.when(is_left_out).then(None).otherwise("year_group"),
        fsm=pl.when(is_left_out).then(None).otherwise("fsm"),
    )
    survey = poll(said)
    scored(survey)
    page = client.get(reverse("survey-results", kwargs={"urn": URN, "survey_key": survey.pk}))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Did not say their year" in text
