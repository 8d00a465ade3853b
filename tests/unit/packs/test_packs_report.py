"""The report: valid, self-contained, honest about invented figures, the same every time."""

import dataclasses
import datetime
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import packs, programmes
from schoolhubs.packs import figures, shortlists
from schoolhubs.packs.tables import tabulate
from schoolhubs.pictures.palette import contrast
from schoolhubs.vocabulary.records.matching import FloorResult
from schoolhubs.vocabulary.records.round import InputFile, Round

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
LOADING = {"src", "srcset", "data", "action", "poster", "xlink:href", "background"}


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order; collects what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes the wrong element"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(name="report", scope="module")
def report_fixture(held: Round) -> str:
    return str(packs.build(held).files["report.html"])


@pytest.fixture(name="page", scope="module")
def page_fixture(report: str) -> Page:
    return Page(report)


def report_of(held: Round) -> str:
    return str(packs.build(held).files["report.html"])


def test_the_page_is_well_formed_with_one_heading_and_its_landmarks(
    report: str, page: Page
) -> None:
    assert report.startswith("<!DOCTYPE html>")
    assert page.open == []
    assert len(page.all("h1")) == 1
    assert [len(page.all(name)) for name in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert page.all("html") == [{"lang": "en-GB"}]
    ids = [value for _, attributes in page.tags if (value := attributes.get("id"))]
    assert len(ids) == len(set(ids))


def test_the_strict_reader_can_fail() -> None:
    with pytest.raises(AssertionError, match="wrong element"):
        Page("<p><b></p></b>")


def test_every_link_and_label_points_at_something_on_the_page(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [link["href"] for link in page.all("a")]
    named = [a["aria-labelledby"] for _, a in page.tags if a.get("aria-labelledby")]
    assert links[0] == "#main"
    assert {str(link).removeprefix("#") for link in links} <= ids
    regions = [a.get("aria-label") for _, a in page.tags if a.get("role") == "region"]
    assert len(regions) == len(set(regions))
    assert {part for names in named for part in str(names).split()} <= ids


def test_nothing_is_loaded_and_nothing_runs(report: str, page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "use"}
    for _, attributes in page.tags:
        assert not {name for name in attributes if name in LOADING or name.startswith("on")}
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", report)
    policy = [meta for meta in page.all("meta") if meta.get("http-equiv")]
    assert policy[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_table_has_a_caption_and_scoped_headers(report: str, page: Page) -> None:
    tables = re.findall(r"<table.*?</table>", report, re.DOTALL)
    assert len(tables) >= 10
    assert all("<caption>" in table and '<th scope="col"' in table for table in tables)
    assert all(head.get("scope") in ("row", "col") for head in page.all("th"))


def test_every_picture_has_claim_sentence_table_and_source(report: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", report, re.DOTALL)
    assert len(figures) == 7
    for figure in figures:
        claim = re.search(r'<h3 class="claim">(.*?)(?: <span|</h3>)', figure)
        assert claim is not None
        assert 1 <= len(claim[1].split()) <= 10, claim[1]
        assert re.search(r'<p class="sentence">[^<]+\.</p>', figure)
        assert 'role="img"' in figure
        assert re.search(r"<title id=.*?>[^<]+</title><desc id=.*?>[^<]+</desc>", figure)
        assert "<table" in figure
        assert re.search(r'<p class="source">Source: [^<]*school register as at 5 Jan', figure)


def test_the_banners_keep_clear_of_the_head_on_a_telephone_too(report: str) -> None:
    # Of two rules of the same weight the later one wins, so this one has to weigh more.
    assert ".page.banners{padding-top:1rem}" in report
    assert '<div class="page banners"' in report


def test_a_register_of_another_day_is_named_by_both_days(held: Round) -> None:
    built = dataclasses.replace(held, register_on=datetime.date(2018, 9, 1))
    said = figures.source_line(built, "This round's hubs.csv")
    assert "school register as at 1 September 2018, seen as on 5 January 2026" in said
    assert json.loads(str(packs.build(built).files["round.json"]))["register_on"] == "2018-09-01"


def test_a_source_line_names_the_years_its_figure_uses_and_no_others(held: Round) -> None:
    """A file that was read but gave no figure, such as an older year, stands under sources only."""
    unused = InputFile(name="old.csv", kind="absence", series="census", year="2006/07", sha256="0")
    told = report_of(dataclasses.replace(held, sources=(*held.sources, unused)))
    lines = dict(re.findall(r'id="figure-([a-z-]+?)(?:-1)?".*?class="source">(.*?)<', told, re.S))
    assert all("2006/07" not in line for line in lines.values())
    assert "2006/07" in told
    absence = "Pupil absence in schools in England (school census) 2023/24"
    series = f"Series: {absence}; School census 2024/25."
    assert {name for name, line in lines.items() if series in line} == {
        "funnel",
        "ruled-out",
        "reach-region",
        "reach-phase",
    }
    assert all("Series" not in lines[name] for name in ("map", "travel", "load"))


def test_invented_schools_are_called_synthetic_everywhere(held: Round, report: str) -> None:
    page = Page(report)
    assert "Synthetic Every school, place and figure here is invented." in page.text
    assert len(re.findall(r"<figure", report)) == len(
        re.findall(r'class="claim">[^<]+<span class="tag">Synthetic', report)
    )
    assert report.count("Source: Synthetic: invented schools, seed 7.") == 7
    alone = re.findall(r"</figure>|<figure|<caption>.*?</caption>", report)
    depth, untagged = 0, []
    for piece in alone:
        depth += {"<figure": 1, "</figure>": -1}.get(piece, 0)
        if depth == 0 and piece.startswith("<caption") and "Synthetic" not in piece:
            untagged.append(piece)
    assert untagged == []


def test_real_schools_are_not_called_synthetic(held: Round) -> None:
    real = report_of(dataclasses.replace(held, is_synthetic=False))
    assert "synthetic" not in Page(real).text.casefold()


def test_a_rehearsal_says_that_the_programme_had_not_begun(held: Round, page: Page) -> None:
    assert "Rehearsal" not in page.text
    told = Page(report_of(dataclasses.replace(held, is_rehearsal=True))).text
    assert "The programme had not begun on 5 January 2026." in told
    assert "The rules it began with, of 1 September 2025, are tried" in told
    announced = dataclasses.replace(held, is_rehearsal=True, rules_on=held.on)
    assert "The rules as announced by that day are tried." in Page(report_of(announced)).text


def test_a_round_after_the_programmes_end_says_so(held: Round, page: Page) -> None:
    assert "Programme over" not in page.text
    told = Page(report_of(dataclasses.replace(held, is_over=True))).text
    assert "The programme was over on 5 January 2026." in told


def test_school_names_cannot_become_markup(
    held: Round, with_name: Callable[[Round, str, str], Round]
) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=y>'
    lead, left_out = held.leads["urn"][0], held.result.unmatched["urn"][0]
    report = report_of(with_name(with_name(held, lead, evil), left_out, evil))
    page = Page(report)
    assert page.all("script") == page.all("img") == []
    assert "&lt;script&gt;alert" in report
    assert evil in page.text


def test_programme_and_assumptions_cannot_become_markup_either(held: Round) -> None:
    report = report_of(dataclasses.replace(held, programme_title="<i>x</i>", notes=("<b>y",)))
    assert "&lt;i&gt;x&lt;/i&gt;" in report
    assert "&lt;b&gt;y" in report


def test_figures_on_the_page_are_those_of_the_summary_and_the_tables(
    held: Round, page: Page
) -> None:
    total, files = held.summary(), packs.build(held).files
    rows = {name: str(text).count("\n") - 1 for name, text in files.items() if ".csv" in name}
    assert rows["matches.csv"] == total["matched"]
    assert rows["unmatched.csv"] == total["unmatched"]
    assert f"{total['eligible']:,} of {total['applicants']:,} applicants may join" in page.text
    assert (
        f"{total['matched']:,} schools matched to 10 hubs, {total['unmatched']} left" in page.text
    )
    assert f"Median {total['travel_minutes']['median']:.0f} minutes" in page.text
    assert f"Longest {total['travel_minutes']['maximum']:.0f} minutes" in page.text
    assert f"Over 120 minutes {total['exceptions_over_limit']}" in page.text
    assert json.loads(str(files["round.json"]))["summary"]["matched"] == total["matched"]
    assert "£1,551,240" in page.text


def test_assumptions_are_told_in_words_with_their_place_beside_them(held: Round) -> None:
    rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 1, 29))
    evil = dataclasses.replace(rules.assumptions[0], description="<i>What</i>", where="a<b")
    assumed = (evil, *rules.assumptions)
    report = report_of(dataclasses.replace(held, assumptions=assumed))
    table = report.split("Assumptions this round stands on")[1].split("</table>")[0]
    assert "&lt;i&gt;What&lt;/i&gt; " in table
    assert "a&lt;b" in table
    cells = re.findall(r'class="path">(.*?)</span></th><td[^>]*>([^<]*)</td>', table)
    rows = {path.replace("<wbr>", ""): told for path, told in cells}
    assert rows["matching.long_journey_steps"] == (
        "beyond 60 minutes 50% more; beyond 90 minutes 100% more"
    )
    assert rows["money.budget.day_rate_pence"] == "£250"
    assert rows["matching.alike_by"].startswith("pupils on roll in the context year, pupils elig")
    assert rows["eligibility.rules.ready_to_change.threshold"] == "yes"
    assert "The school is ready to make changes: Answered in the application" in table
    for told in rows.values():
        assert not re.search(r"_| pence|True|False", told), told


def test_an_assumption_without_a_description_is_named_by_its_place(held: Round) -> None:
    text = Page(report_of(held)).text
    assert "Budget, day rate budget. day_rate 278 pounds None published." in text


def test_lists_of_schools_are_short_and_in_no_order_of_merit(held: Round, page: Page) -> None:
    section = page.text.split("Journeys over the limit, by region and school")[1]
    assert "20 of 31 schools, those with the longest journeys; all are in matches.csv" in section
    assert held.summary()["exceptions_over_limit"] == 31
    listed = re.findall(r"\((9\d{5})\)", section.split("20 of 31 schools")[0])
    minutes = dict(held.result.matches.select("urn", "minutes").iter_rows())
    shown = [minutes[urn] for urn in listed if urn in minutes]
    assert len(shown) == 20
    assert shown != sorted(shown, reverse=True)
    assert re.search(r"\d+\s\(\d+\sto\s\d+\)", section)


def test_the_same_round_gives_the_same_bytes_whatever_the_order_of_its_rows(held: Round) -> None:
    mixed = dataclasses.replace(
        held,
        schools=held.schools.sample(fraction=1, shuffle=True, seed=1),
        decisions=held.decisions.sample(fraction=1, shuffle=True, seed=2),
        alternatives=held.alternatives.sample(fraction=1, shuffle=True, seed=3),
    )
    assert packs.build(held).files == packs.build(held).files
    assert packs.build(mixed).files == packs.build(held).files


def test_an_empty_round_still_makes_a_page(held: Round) -> None:
    nothing = dataclasses.replace(
        held,
        decisions=held.decisions.clear(),
        alternatives=held.alternatives.clear(),
        budget=None,
        assumptions=(),
        result=dataclasses.replace(
            held.result,
            matches=held.result.matches.clear(),
            unmatched=held.result.unmatched.clear(),
            hubs=held.result.hubs.clear(),
            goals=(),
            total_minutes=0.0,
            lower_bound_minutes=0.0,
        ),
    )
    text = Page(report_of(nothing)).text
    assert "No schools applied." in text
    assert "Nobody was put to the match, so there is nothing to prove of it." in text
    assert "nobody applied" in text
    later = Page(report_of(dataclasses.replace(nothing, n_later_applications=380))).text
    assert "No application is dated on or before 5 January 2026; 380 are later." in later
    for vacuous in ("not known", "no applicants", "proved best", "Every eligible", "Every applic"):
        assert vacuous not in later, vacuous
    assert "No journeys to show" in text
    assert "The programme’s definition gives no budget for this round." in text


def test_colours_of_the_page_stand_out() -> None:
    folder = Path(packs.__file__).parent / "templates"
    style = (folder / "style.css").read_text(encoding="utf-8")
    screen = style.split("@media print")[0]
    for block in re.findall(r"\{([^{}]*)\}", screen):
        colour = re.search(r"(?:^|;)color:(#[0-9a-f]{3,6})", block)
        ground = re.search(r"background:(#[0-9a-f]{3,6})", block)
        if colour:
            pair = [_whole(found[1]) if found else "#f3f5f6" for found in (colour, ground)]
            if "color:#fff" in block and not ground:
                pair[1] = "#12344f"
            assert contrast(*pair) >= 4.5, block


def _whole(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


def test_floors_and_earlier_places_are_told_where_there_are_any(held: Round, page: Page) -> None:
    floor = FloorResult(
        group="North East",
        n_partners=20,
        n_matched=12,
        n_wanted=15,
        n_floor=12,
        need_share=0.6,
        national_need_share=0.8,
        binding_lead_urns=("900001", "900002"),
        n_binding_places=12,
    )
    placed = pl.DataFrame(
        {
            "urn": ["900399"],
            "lead_urn": ["900001"],
            "pathway": ["enhanced"],
            "started_on": [datetime.date(2025, 9, 1)],
            "finished_on": [None],
        }
    )
    result = dataclasses.replace(held.result, floors=(floor,), already_placed=placed)
    told = Page(report_of(dataclasses.replace(held, result=result))).text
    assert "All 12 places within reach, at 2 lead schools, are taken" in told
    assert "1 eligible school keeps the hub of an earlier cohort." in told
    assert "Floors: the fewest" not in page.text


def test_a_pathway_that_cannot_be_told_shows_though_the_school_may_join(held: Round) -> None:
    """A school that one pathway takes still waits for a fact on another."""
    told = held.decisions.filter(pl.col("verdict") == "yes")
    waits = told.with_columns(
        pathway=pl.lit("mentored"),
        verdict=pl.lit("cannot tell"),
        binding_rule=pl.lit("wants_support"),
        would_pass_if=pl.lit("the application answered yes"),
    )
    both = dataclasses.replace(held, decisions=pl.concat([told, waits]))
    page = Page(report_of(both))
    n = told.height
    assert both.summary()["cannot_tell"] == 0
    assert f"Enhanced {n} 0 0 Mentored 0 0 {n}" in page.text
    assert f"Mentored Wants support It would pass if the application answered yes. {n}" in page.text


def test_free_places_are_told_by_the_phase_of_the_hubs(held: Round) -> None:
    lead = held.leads["urn"][0]
    phase = pl.when(pl.col("urn") == lead).then(pl.lit("nursery")).otherwise("phase")
    places = pl.when(pl.col("lead_urn") == lead).then(50).otherwise(pl.col("n_places") + 1)
    roomier = held.result.hubs.with_columns(places.alias("n_places"))
    changed = dataclasses.replace(
        held,
        schools=held.schools.with_columns(phase.alias("phase")),
        result=dataclasses.replace(held.result, hubs=roomier),
    )
    taken = held.result.matches.filter(pl.col("lead_urn") == lead).height
    text = Page(report_of(changed)).text
    assert f"{50 - taken} of them at nursery hubs" in text
    assert f"Nursery 1 50 {taken} {50 - taken}" in text


def test_all_free_places_at_one_phase_are_called_all(held: Round) -> None:
    lead = held.leads["urn"][0]
    phase = pl.when(pl.col("urn") == lead).then(pl.lit("nursery")).otherwise("phase")
    roomy = pl.col("lead_urn") == lead
    hubs = held.result.hubs.with_columns(n_places=pl.when(roomy).then(50).otherwise("n_matched"))
    changed = dataclasses.replace(
        held,
        schools=held.schools.with_columns(phase.alias("phase")),
        result=dataclasses.replace(held.result, hubs=hubs),
    )
    assert "places are left, all at nursery hubs; " in Page(report_of(changed)).text


def test_a_report_of_waiting_decisions_does_not_say_that_all_is_decided(held: Round) -> None:
    yes = held.decisions.filter(pl.col("verdict") == "yes")
    waits = yes.with_columns(
        pathway=pl.lit("mentored"),
        verdict=pl.lit("cannot tell"),
        binding_rule=pl.lit("wants_support"),
        would_pass_if=pl.lit("the application answered yes"),
    )
    decided = Page(report_of(dataclasses.replace(held, decisions=yes))).text
    waiting = Page(report_of(dataclasses.replace(held, decisions=pl.concat([yes, waits])))).text
    assert "Every applicant could be decided." in decided
    assert "Every applicant could be decided." not in waiting
    n = yes.height
    assert "though every applicant could be decided on at least one pathway" in waiting
    assert (
        f"all could be decided on at least one pathway, with {n} on Mentored undecided." in waiting
    )
    assert "all could be decided." in decided


def test_tables_of_much_text_become_cards_on_a_telephone(report: str) -> None:
    found = re.findall(r'<table(?: class="([^"]*)")?>\s*<caption>([^<]*)', report)
    kinds = {caption.strip(): kind for kind, caption in found}
    assert "wide" in kinds["Assumptions this round stands on"]
    assert "wide" in kinds["What is not known, and what would settle it"]
    assert "wide" not in kinds["Reach by region"]


def test_schools_without_a_hub_stand_by_need_points_which_are_shown(held: Round) -> None:
    urns = held.result.unmatched["urn"]
    need = pl.when(pl.col("urn") == urns[-1]).then(9).otherwise(pl.int_range(pl.len()) % 3)
    held = dataclasses.replace(
        held,
        result=dataclasses.replace(
            held.result, unmatched=held.result.unmatched.with_columns(need_weight=need)
        ),
    )
    view = shortlists.left_out(tabulate(held)).table
    at = [head.words for head in view.headings].index("Need points")
    points = [int(row[at]) for row in view.rows]
    assert points[0] == 9
    assert points == sorted(points, reverse=True)
    equals = [row[0] for row in view.rows if row[at] == "2"]
    assert len(equals) > 1
    assert equals == sorted(equals)


def test_refused_rules_are_labelled_as_not_met(held: Round) -> None:
    names = {**held.names, "inspection_grade": "The grade is one of those taken"}
    picture = figures.ruled_out(dataclasses.replace(held, names=names))
    assert picture.table["rule"].to_list() == ["Not met: the grade is one of those taken"]
    assert "“The grade is one of those taken”" in picture.sentence


def test_stand_ins_are_told_before_the_title(held: Round) -> None:
    leads = held.leads.with_columns(is_topped_up=pl.int_range(pl.len()) < 2)
    before, _ = report_of(dataclasses.replace(held, leads=leads)).split("<h1>")
    assert "2 of the 10 lead schools were added by rule as stand-ins." in before
    assert "Stand-ins" not in report_of(held)
