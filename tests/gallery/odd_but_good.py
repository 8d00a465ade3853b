"""The counter-gallery: odd files that must be read, so that refusing everything is no way out."""

import datetime
import gzip
import json
import lzma
from typing import Any

from gallery.making import (
    Accepted,
    absence,
    file,
    gias,
    links,
    markers,
    ofsted,
    performance,
    schools,
    zipped,
)

D = datetime.date
NAME = "École Ste-Thérèse – Åse’s"
_NAMED = gias({"EstablishmentName": NAME})


def column(name: str) -> Any:
    """Give the values of one column."""

    def values(read: Any) -> Any:
        return getattr(read, "frame", read)[name].to_list()

    return values


def _with_mark(symbol: str) -> Accepted:
    rows = [{"enrolments_pa_10_exact": symbol}, {"urn": "900002", "enrolments_pa_10_exact": 0}]
    rows += [{"urn": "900003", "enrolments_pa_10_exact": ""}]

    def figures(read: Any) -> Any:
        shown = read.frame.select("enrolments_pa_10_exact", "enrolments_pa_10_exact_mark")
        return shown.rows()

    return Accepted(
        name=f"symbol {symbol}",
        make=file(absence(*rows)),
        gives=figures,
        expected=[(None, symbol), (0, None), (None, None)],
    )


def _packed(name: str, content: Any) -> Accepted:
    return Accepted(
        name=f"packed as {name}",
        make=file(content, name),
        gives=column("link_urn"),
        expected=["900002"],
    )


ENCODINGS = [
    Accepted(
        name="UTF-8 with accents",
        make=file(_NAMED),
        gives=column("school_name"),
        expected=[NAME],
    ),
    Accepted(
        name="UTF-8 with a mark in front",
        make=file(b"\xef\xbb\xbf" + _NAMED.encode()),
        gives=column("school_name"),
        expected=[NAME],
    ),
    Accepted(
        name="Windows-1252 names",
        make=file(_NAMED.encode("cp1252")),
        gives=column("school_name"),
        expected=[NAME],
    ),
    Accepted(
        name="lines ended as by Windows",
        make=file(absence(*schools(3)).replace("\n", "\r\n")),
        gives=column("urn"),
        expected=["900001", "900002", "900003"],
    ),
    Accepted(
        name="lines ended as by an old Mac",
        make=file(absence(*schools(3)).replace("\n", "\r")),
        gives=column("urn"),
        expected=["900001", "900002", "900003"],
    ),
    Accepted(
        name="list with lines ended as by an old Mac",
        make=file("urn\r900001\r900002\r"),
        gives=column("urn"),
        expected=["900001", "900002"],
        reader="leads",
    ),
    Accepted(
        name="no line end after the last row",
        make=file(links().rstrip("\n")),
        gives=column("link_urn"),
        expected=["900002"],
    ),
]

SYMBOLS = [_with_mark(symbol) for symbol in ("SUPP", "NA", ":", "x", "c", "z", "low", "u")]

LAYOUT = [
    Accepted(
        name="totals at the end of the performance tables",
        make=file(
            performance("391,2000,900001,4.4,SUPP\nNAT,PRI,,5.9,16.2\n391,SEC,,8.2,23\n"),
            "abs_202223.csv",
        ),
        gives=column("level"),
        expected=["school", "national", "local_authority"],
    ),
    Accepted(
        name="rows of areas with a blank URN",
        make=file(
            absence(
                {},
                {"geographic_level": "National", "urn": "", "laestab": ""},
                {"geographic_level": "Local authority", "urn": " ", "laestab": " "},
            )
        ),
        gives=column("level"),
        expected=["school", "national", "local_authority"],
    ),
    Accepted(
        name="numbers in quotes",
        make=file(absence().replace(",76000,", ',"76000",')),
        gives=column("sess_possible"),
        expected=[76000],
    ),
    Accepted(
        name="commas between thousands",
        make=file(absence().replace(",76000,", ',"76,000",')),
        gives=column("sess_possible"),
        expected=[76000],
    ),
    Accepted(
        name="percent signs",
        make=file(absence({"sess_overall_percent": "5.0%"})),
        gives=column("sess_overall_percent"),
        expected=[5.0],
    ),
    Accepted(
        name="none missed and all missed",
        make=file(
            absence(
                {"sess_overall": 0, "sess_authorised": 0, "sess_unauthorised": 0},
                {"urn": "900002", "sess_overall": 76000, "sess_overall_percent": 100},
            )
        ),
        gives=column("sess_overall"),
        expected=[0, 76000],
    ),
    Accepted(
        name="29 February of a leap year, today, and a nine for not applicable",
        make=file(
            ofsted(
                {"Inspection start date": "29/02/2020"},
                {"URN": "900002", "Inspection start date": "01/01/2026"},
            )
        ),
        gives=column("inspected_on"),
        expected=[D(2020, 2, 29), D(2026, 1, 1)],
    ),
    Accepted(
        name="day the register does not know",
        make=file(gias({"OpenDate": "01-01-1900"})),
        gives=column("opened_on"),
        expected=[None],
    ),
    Accepted(
        name="comma and line end inside quotes",
        make=file(gias({"EstablishmentName": "First, the\nSchool"})),
        gives=column("school_name"),
        expected=["First, the\nSchool"],
    ),
    Accepted(
        name="stray quotation mark in a name",
        make=file(gias().replace("First School", 'The 5" School')),
        gives=column("school_name"),
        expected=['The 5" School'],
    ),
    Accepted(
        name="headings in other capitals, in another order",
        make=file(
            "LINKURN,urn,linktype,LinkEstablishedDate, LinkName \n900002,900001,Successor,,A\n"
        ),
        gives=column("link_urn"),
        expected=["900002"],
    ),
    Accepted(
        name="blank lines between rows",
        make=file(links({}, {"URN": "900003"}).replace("\n", "\n\n")),
        gives=column("urn"),
        expected=["900001", "900003"],
    ),
    Accepted(
        name="one school linked to two",
        make=file(links({}, {"LinkURN": "900003"})),
        gives=column("link_urn"),
        expected=["900002", "900003"],
    ),
    Accepted(
        name="formulas in names are only text",
        make=file(gias(*({"URN": str(900001 + n), "EstablishmentName": f"{start}1+1"}
                         for n, start in enumerate("=+-@＝")))),
        gives=column("school_name"),
        expected=["=1+1", "+1+1", "-1+1", "@1+1", "＝1+1"],
    ),
    Accepted(
        name="grid reference not known",
        make=file(gias({"Easting": 0, "Northing": 0})),
        gives=column("easting"),
        expected=[None],
    ),
    Accepted(
        name="school over the border",
        make=file(markers({"lat": 55.95, "lng": -3.19})),
        gives=column("lat"),
        expected=[None],
    ),
]  # fmt: skip

PACKED = [
    _packed("links.csv.gz", lambda: gzip.compress(links().encode())),
    _packed("links.csv.xz", lambda: lzma.compress(links().encode())),
    _packed("links.zip", lambda: zipped(("folder/links.csv", links()))),
    _packed("with-notes.zip", lambda: zipped(("links.csv", links()), ("readme.txt", "hello"))),
    _packed("from-a-mac.zip", lambda: zipped(("links.csv", links()), ("__MACOSX/links.csv", "x"))),
    _packed("no-ending", lambda: gzip.compress(links().encode())),
    _packed("plain-named.zip", links),
    Accepted(
        name="markers as JSON",
        make=file(
            json.dumps([["900001", "A", 54.9, -1.6, "P", 2, 205, *[0] * 10, 1]]), "markers.json"
        ),
        gives=column("fsm_percent"),
        expected=[20.5],
    ),
]

LISTS = [
    Accepted(
        name="dates as people write them",
        make=file("urn,applied_on\n900001,01/09/2021\n900002,2021-09-01\n900003,01-09-2021\n"),
        gives=column("applied_on"),
        expected=[D(2021, 9, 1)] * 3,
        reader="applications",
    ),
    Accepted(
        name="headings with capitals and spaces",
        make=file("URN,Applied on\n900001,2021-09-01\n"),
        gives=column("applied_on"),
        expected=[D(2021, 9, 1)],
        reader="applications",
    ),
    Accepted(
        name="one school, two pathways",
        make=file("urn,pathway\n900001,core\n900001,extended\n"),
        gives=column("pathway"),
        expected=["core", "extended"],
        reader="applications",
    ),
    Accepted(
        name="formula in an answer",
        make=file("urn,note\n900001,=1+1\n"),
        gives=column("note"),
        expected=["=1+1"],
        reader="applications",
    ),
    Accepted(
        name="lead without a URN is left out",
        make=file("urn,school_name\n900001,A\n,B\n"),
        gives=column("urn"),
        expected=["900001"],
        reader="leads",
    ),
    Accepted(
        name="partnership that runs on",
        make=file(
            "partner_urn,lead_urn,pathway,started_on,finished_on\n"
            "900001,900002,core,2021-09-01,\n900001,900002,core,2019-09-01,2020-09-01\n"
        ),
        gives=column("finished_on"),
        expected=[None, D(2020, 9, 1)],
        reader="partnerships",
    ),
    Accepted(
        name="corners of England",
        make=file(
            "id,lat,lon\nscilly,49.92,-6.3\nberwick,55.77,-2.01\nlowestoft,52.48,1.75\n"
            "clun,52.43,-3.1\nwhitehaven,54.55,-3.59\nlundy,51.18,-4.67\nhoylake,53.39,-3.18\n"
        ),
        gives=lambda read: read.height,
        expected=7,
        reader="points",
    ),
]

CASES = [*ENCODINGS, *SYMBOLS, *LAYOUT, *PACKED, *LISTS]
