"""The card and the record say what the model holds, and no number of their own."""

import dataclasses
import re
from typing import Any

import polars as pl
import pytest

import panelling
from schoolhubs import targets
from schoolhubs.targets import auditing
from schoolhubs.targets.model.record import TargetModel, model_from
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.words import in_words

MADE = panelling.make(n=400)
MODEL = targets.fit(MADE.panel, until=MADE.years[-1], is_audited=True)
CARD = targets.said.card(MODEL)


def test_every_figure_is_read_from_the_artefact() -> None:
    held = MODEL.definition["constants"]
    for where, value in CARD.figures.items():
        if where.startswith("definition.constants."):
            assert value == held[where.split(".")[2]]["value"]
    assert CARD.figures["phases.primary.n_schools"] == MODEL.phases["primary"].n_schools


def test_a_changed_artefact_changes_the_card_everywhere() -> None:
    text = MODEL.as_json()
    for before, after in (('"ask_share"', None), ("0.25", "0.3125")):
        assert before in text
        text = text.replace(before, after) if after else text
    changed = targets.said.card(model_from(text)).model_card
    assert "less 0.3125 of the gap" in changed
    assert "less 0.25 of the gap" in CARD.model_card


def stray(text: str) -> list[str]:
    """Give the numbers of a text that are none of the card's figures, however rounded."""
    known = re.findall(r"\d+(?:\.\d+)?", str(CARD.figures))
    told = {abs(float(each)) for each in known}
    shown = {f"{value:.{places}f}" for value in told for places in range(4)}
    shown |= set(known) | {f"{100 * value:g}" for value in told} | {f"{value:g}" for value in told}
    return [each for each in re.findall(r"\d+(?:\.\d+)?", text) if each not in shown]


def test_the_text_holds_no_number_but_those() -> None:
    body = CARD.model_card.split("## Constants")[0].replace(",", "")
    assert stray(body) == []
    assert stray(f"{body} It is right in 41.37 % of schools.") == ["41.37"]


def test_groups_whose_data_is_absent_say_so() -> None:
    groups = MODEL.audit["phases"]["primary"]
    assert "no figure" in groups["urban_rural"]["absent"]
    assert "| urban_rural | no figure of it in the school register |" in CARD.model_card
    assert {"fsm_ever_percent 5 of 5", "roll 1 of 3", "region London"} <= groups.keys()
    sizes = [groups[f"roll {k} of 3"]["n_schools"] for k in (1, 2, 3)]
    assert sum(sizes) == groups["all"]["n_schools"] == len(MADE.urns)


def test_without_an_audit_the_card_says_that() -> None:
    plain = targets.said.card(targets.fit(MADE.panel, until=MADE.years[-1]))
    assert "Not measured: run targets fit with --audit" in plain.model_card


def test_the_record_has_the_standard_s_fields_in_its_order() -> None:
    fields = list(CARD.transparency_record)
    numbers = [tuple(int(part) for part in each.split(" ")[0].split(".")) for each in fields]
    assert numbers == sorted(set(numbers))
    assert fields[:4] == ["1.1 Name", "1.2 Description", "1.3 Website URL", "1.4 Contact email"]
    assert {each[:2] for each in numbers} == {(1, 1), (1, 2), (1, 3), (1, 4)} | {
        (2, section) for section in range(1, 6)
    }
    assert "2.3.6 Appeals and review" in fields
    assert all(text.strip() for text in CARD.transparency_record.values())


def test_the_record_holds_no_number_of_its_own() -> None:
    known = [*MODEL.sources, in_words(MODEL.register_on), MODEL.until]
    text = " ".join(CARD.transparency_record.values()).replace(",", "")
    for each in known:
        text = text.replace(each, "")
    assert stray(text) == []


def test_the_card_says_that_the_context_is_newer_than_what_was_learned_from() -> None:
    assert MODEL.context_years == {"2018/19": 400}
    assert "Of 400 schools it is newer than 2017/18" in CARD.model_card
    older = dataclasses.replace(MODEL, context_years={"2016/17": 400})
    assert "it is newer than" not in targets.said.card(older).model_card


def test_the_audit_left_out_the_authorities_it_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[set[str]] = []
    told: list[set[str]] = []
    code_of = dict(MADE.panel.years.select("urn", "la_code").iter_rows())
    learn, expect = auditing.learn, auditing.expect

    def watched_learn(panel: SchoolPanel, *, until: str) -> TargetModel:
        taught.append(set(panel.years["la_code"]))
        assert panel.years.height < MADE.panel.years.height
        assert until == MADE.years[-2], "and it ends a year before the one that is told"
        return learn(panel, until=until)

    def watched_expect(*given: Any, urns: tuple[str, ...] = (), **more: Any) -> pl.DataFrame:
        if urns:  # all schools are told where more need is tried out, which is no forecast
            told.append({code_of[urn] for urn in urns})
        return expect(*given, urns=urns, **more)

    monkeypatch.setattr(auditing, "learn", watched_learn)
    monkeypatch.setattr(auditing, "expect", watched_expect)
    auditing.audited(MADE.panel, MODEL)
    assert len(taught) == len(told) == 2
    for seen, scored in zip(taught, told, strict=True):
        assert seen
        assert scored
        assert not seen & scored
    assert set.union(*told) == set(code_of.values()), "every authority is told by a fit without it"
