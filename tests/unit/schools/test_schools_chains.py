"""Predecessors and successors: any length, merged, split, in a circle."""

import datetime

import polars as pl

from schoolhubs.schools.roster.chains import ancestors, descendants, edges, links_from, listed

D = datetime.date


def steps(*pairs):
    schema = {"earlier": pl.String, "later": pl.String, "changed_on": pl.Date}
    return pl.DataFrame([(*p, None)[:3] for p in pairs], schema=schema, orient="row")


def rows(frame):
    return set(frame.select("urn", "relative", "steps").rows())


def test_a_chain_of_any_length_is_followed():
    chain = steps(*((str(n), str(n + 1)) for n in range(100001, 100041)))

    back = ancestors(chain).filter(pl.col("urn") == "100041")

    assert back["relative"].to_list() == [str(n) for n in range(100040, 100000, -1)]
    assert back["steps"].to_list() == list(range(1, 41))


def test_merged_and_split_schools_have_several_relatives():
    family = steps(
        ("100001", "100003"), ("100002", "100003"), ("100003", "100004"), ("100003", "100005")
    )

    assert rows(ancestors(family)) >= {("100004", "100001", 2), ("100004", "100002", 2)}
    assert listed(descendants(family), "later").filter(pl.col("urn") == "100001").row(0) == (
        "100001",
        ["100003", "100004", "100005"],
    )


def test_a_circle_ends_and_nobody_is_their_own_ancestor():
    circle = steps(("100001", "100002"), ("100002", "100003"), ("100003", "100001"))

    found = rows(ancestors(circle))

    assert found == {
        ("100001", "100003", 1), ("100001", "100002", 2),
        ("100002", "100001", 1), ("100002", "100003", 2),
        ("100003", "100002", 1), ("100003", "100001", 2),
    }  # fmt: skip


def test_a_circle_of_forty_ends_too():
    circle = steps(*((str(n), str(n + 1)) for n in range(100001, 100040)), ("100040", "100001"))

    assert ancestors(circle).height == 40 * 39


def test_a_change_after_the_date_is_not_yet_known():
    family = steps(("100001", "100002", D(2019, 1, 1)), ("100003", "100002"))

    assert ancestors(family, until=D(2018, 9, 1))["relative"].to_list() == ["100003"]


def test_both_directions_of_a_link_make_one_step(table):
    links = links_from(
        [
            table(
                "gias_links",
                {"urn": "100001", "link_urn": "100002", "established_on": D(2018, 9, 1)},
                {
                    "urn": "100002",
                    "link_urn": "100001",
                    "link_type": "Predecessor",
                    "established_on": D(2018, 8, 31),
                },
                {"urn": "100001", "link_urn": "100009", "link_type": "Expansion"},
            ).frame
        ]
    )

    assert edges(links).rows() == [("100001", "100002", D(2018, 8, 31))]
    assert links["link_kind"].to_list() == ["successor", "other: expansion", "predecessor"]
