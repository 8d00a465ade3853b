"""Odd files that are good are read, and read right: the gallery cannot pass by refusing."""

import datetime

import pytest

from gallery import odd_but_good
from gallery.cases import each
from gallery.making import TODAY, file, links, ofsted
from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem


def test_the_counter_gallery_is_as_large_as_promised():
    print(f"counter-gallery: {len(odd_but_good.CASES)} odd files that are read")
    assert len(odd_but_good.CASES) >= 40
    assert len({case.name for case in odd_but_good.CASES}) == len(odd_but_good.CASES)


@each(odd_but_good.CASES)
def test_it_is_read_and_read_right(case, tmp_path):
    path = case.make(tmp_path)

    read = case.read(path)

    assert case.gives(read) == case.expected
    if case.reader == "published":
        assert files.inspect(path, today=TODAY).problems == ()


def test_what_was_odd_is_told_as_a_quirk_and_not_as_a_fault(tmp_path):
    table = files.read(file(b"\xef\xbb\xbf" + links().encode())(tmp_path))

    assert table.quirks == ("UTF-8 with a byte-order mark",)


def test_a_lead_left_out_is_told_by_name(tmp_path):
    told = []

    files.read_list(file("urn,school_name\n,B\n")(tmp_path), "leads", tell=told.append)

    assert [problem.row for problem in told] == [2]
    assert "B' has no URN and was left out" in str(told[0])


def test_an_inspection_of_today_is_none_of_tomorrow(tmp_path):
    path = file(ofsted({"Inspection start date": "02/01/2026"}))(tmp_path)

    assert files.read(path, today=TODAY + datetime.timedelta(days=1)).n_rows == 1
    with pytest.raises(DataProblem, match="after today"):
        files.read(path, today=TODAY)


def test_two_encodings_in_one_file_are_told_where(tmp_path):
    accented = links({"LinkName": "Église"}).encode("cp1252")
    mixed = accented + links({"URN": "900003", "LinkName": "Ste-Thérèse"}).splitlines()[1].encode()

    one = files.read(file(accented)(tmp_path))
    both = files.read(file(mixed)(tmp_path))

    assert one.quirks == ()
    assert both.quirks == ("Windows-1252, but row 3 is UTF-8: names there come out garbled",)
    assert both.frame["link_name"].to_list()[0] == "Église"
