"""Schools whose names a spreadsheet would run, or a browser obey."""

from gallery.making import absence, gias

# Each would be run, or read as markup, by whatever opens a file that repeats it as it is.
PAYLOADS = (
    "=HYPERLINK(\"http://example.org\",\"A\")",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠A1",
    "<script>alert(1)</script>",
    "O'Brien & Söhne",
)  # fmt: skip


def payload_schools() -> str:
    """Give twenty schools whose names are payloads, ten of them secondary."""
    rows = []
    for n in range(20):
        row = {"URN": 900001 + n, "EstablishmentNumber": 2000 + n, "OpenDate": "01-09-1970"}
        row |= {"EstablishmentName": PAYLOADS[n % 10], "Easting": 425000 + 900 * n}
        row |= {"PhaseOfEducation (name)": ("Primary", "Secondary")[n // 10]}
        rows.append(row)
    return gias(*rows)


def much_missed() -> str:
    """Give absence of the same schools, high enough to be in need."""
    return absence(
        *(
            {"urn": 900001 + n, "laestab": 3912000 + n, "time_period": "202425"}
            | {"sess_overall": 9000 + n, "sess_overall_percent": 12, "enrolments_pa_10_exact": 60}
            | {"enrolments_pa_10_exact_percent": 30}
            | {"school_type": f"State-funded {('primary', 'secondary')[n // 10]}"}
            for n in range(20)
        )
    )
