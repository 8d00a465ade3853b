"""The drawings of the attendance lead's page: grids of rates, each with sentence and table."""

import datetime

import polars as pl

from schoolhubs import diagnosis, pictures
from schoolhubs.service.attendance.lead import changed, sentences, told
from schoolhubs.service.attendance.lead.labels import Content, words
from schoolhubs.service.web.pages import day

# The name of its table, the drawing, and the table for reading.
Grid = tuple[str, pictures.Picture, pl.DataFrame]
HIDDEN = "c stands for hidden: few pupils; u for too few pupils for a rate."


def grids(content: Content, *, is_synthetic: bool) -> list[Grid]:
    """Draw the three grids, each with the name of its table; left out where nothing can be told."""
    days, causes = told.by_day(content), told.by_cause_and_day(content)
    groups = told.by_cause_and_group(content)
    last_on = day(datetime.date.fromisoformat(content["last_week_on"]))
    source = (
        f"Marks of the school, {content['year']}, {content['n_weeks']} weeks up to that of "
        f"{last_on}; % of possible sessions, made of rounded figures. {HIDDEN}"
    )
    drawn: list[Grid] = []
    for name, title, cells, sentence, head in (
        ("by-day", "Absence by year group and weekday", days,
         sentences.said_of_days(days, content.get("standing_out")), "Year group"),
        ("by-cause", "Absence by cause and weekday", causes,
         sentences.said_of_causes(causes, "Week"), "Cause"),
        ("by-year-and-cause", "Absence by cause and year group", groups,
         sentences.ONE_YEAR_GROUP_AND_ANOTHER, "Cause"),
    ):  # fmt: skip
        if cells.is_empty():
            continue
        caption = pictures.Caption(
            key=name, title=title, sentence=sentence, source=source, is_synthetic=is_synthetic
        )
        which = "shades" if name == "by-day" else "shades_of_causes"
        shades = diagnosis.finding.marked.said()[which]["value"]
        picture = pictures.charts.grid(
            cells, caption, row="row", column="column", value="value", steps=shades
        )
        drawn.append((name, picture, told.wide(cells, head)))
    return drawn


def tables(content: Content) -> dict[str, pl.DataFrame]:
    """Give every table of the page by the name of its CSV."""
    found: dict[str, pl.DataFrame | None] = {
        "by-day": _wide(told.by_day(content), "Year group"),
        "by-cause": _wide(told.by_cause_and_day(content), "Cause"),
        "by-year-and-cause": _wide(told.by_cause_and_group(content), "Cause"),
        "by-all-three": told.all_three(content),
        "first-weeks": told.first_weeks(content),
        "codes": told.code_mix(content),
        "since-last-half-term": changed.changes_in_numbers(content, "last_half_term"),
        "since-last-year": changed.changes_in_numbers(content, "last_year"),
        **{
            f"measures-{cut.replace('_', '-')}": told.measures(content, cut)
            for cut in words()["cuts"]
        },
    }
    return {name: table for name, table in found.items() if table is not None and table.height}


def _wide(cells: pl.DataFrame, head: str) -> pl.DataFrame | None:
    return None if cells.is_empty() else told.wide(cells, head)
