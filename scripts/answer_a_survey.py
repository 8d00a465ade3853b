"""Draw invented answers to a survey, and send them to the demonstration as people's browsers would.

``draw pupil-survey 300 --years 5,6 --out output/pupils`` writes ``answers.csv``, as ``schoolhubs
survey score`` reads it, and ``asked.csv``, who was asked, which the survey's page reads too.
``send output/pupils --at http://127.0.0.1:8000 CODE CODE`` sends them, each by one of the codes.
In these answers lessons begin badly; staff see the school more brightly than pupils do.
"""

import argparse
import concurrent.futures
import csv
import json
import sys
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from schoolhubs import diagnosis

Rows = list[dict[str, str]]
CUTS = (-1.2, -0.3, 0.8)  # of a standard normal, between the four points
SKIPPED = 0.03
ROLES = {"leader": 0.2, "teacher": 0.4, "support": 0.2, "other": 0.2}
LOW = ("lessons_began_well", "knew_what_to_do")  # to pupils
BRIGHTER = 0.8  # staff than pupils
ALSO_ASKED = 2  # of each group, who did not answer
SENDERS = 8
HERE = ("127.0.0.1", "localhost")


def groups_of(instrument_id: str) -> tuple[str, ...]:
    """Name the columns that say of which group somebody is."""
    return ("role",) if instrument_id == "staff-survey" else ("year_group", "fsm", "sex")


def drawn(instrument_id: str, n: int, *, years: Sequence[str], seed: int) -> Rows:
    """Draw the answers of ``n`` people; blank for what somebody left out."""
    rng, asked = np.random.default_rng(seed), diagnosis.instrument(instrument_id)
    is_staff = instrument_id == "staff-survey"
    roles = [name for name, share in ROLES.items() for _ in range(round(share * n))]
    out = []
    for at, feeling in enumerate(rng.normal(size=n) + (BRIGHTER if is_staff else 0.0)):
        row = (
            {"role": roles[at % len(roles)]}
            if is_staff
            else {"year_group": str(rng.choice(list(years))),
                  "fsm": str(rng.choice(["yes", "no"], p=[0.25, 0.75])),
                  "sex": str(rng.choice(["female", "male"]))}
        )  # fmt: skip
        for item in asked.items:
            point = 1 + int(np.digitize(feeling + rng.normal(), CUTS))
            point = min(point, 2) if not is_staff and item.name in LOW else point
            point = 5 - point if item.is_reversed else point
            row[item.name] = "" if rng.random() < SKIPPED else str(point)
        out.append(row)
    return out


def write(rows: Rows, instrument_id: str, folder: Path) -> None:
    """Write who answered what, who was asked, and which questionnaire it is."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = groups_of(instrument_id)
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as held:
        told = csv.DictWriter(held, list(rows[0]))
        told.writeheader()
        told.writerows(rows)
    counted = Counter(tuple(row[name] for name in groups) for row in rows)
    with (folder / "asked.csv").open("w", newline="", encoding="utf-8") as held:
        lines = csv.writer(held)
        lines.writerow([*groups, "n_asked"])
        lines.writerows([*of, n + ALSO_ASKED] for of, n in sorted(counted.items()))
    (folder / "instrument.json").write_text(json.dumps(instrument_id), encoding="utf-8")


def read(folder: Path) -> tuple[str, Rows]:
    """Read what ``write`` wrote: the questionnaire, and the answers."""
    with (folder / "answers.csv").open(newline="", encoding="utf-8") as held:
        return json.loads((folder / "instrument.json").read_text()), list(csv.DictReader(held))


def fields(row: Mapping[str, str], instrument_id: str) -> dict[str, str]:
    """Give what somebody's browser sends: each item by its field, and each group."""
    items = [each.name for each in diagnosis.instrument(instrument_id).items]
    told = {f"item_{name}": row[name] for name in items if row[name]}
    return told | {f"group_{name}": row[name] for name in groups_of(instrument_id)}


def send(at: str, codes: Sequence[str], told: Sequence[Mapping[str, str]]) -> list[str]:
    """Send answers by several threads, each by its code; give the address each was led to."""

    def one(code: str, form: Mapping[str, str]) -> str:
        address = f"{at}/surveys/answer/{code.replace('-', '')}/questions"
        sent = urllib.request.Request(address, data=urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(sent, timeout=60) as answer:
            return str(answer.url)

    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        return list(senders.map(one, codes, told))


def main() -> None:
    """Do what was typed."""
    parser = argparse.ArgumentParser(description=__doc__)
    doing = parser.add_subparsers(dest="what", required=True)
    drawing, sending = doing.add_parser("draw"), doing.add_parser("send")
    drawing.add_argument("instrument", choices=["pupil-survey", "staff-survey"])
    drawing.add_argument("n", type=int)
    drawing.add_argument("--years", default="7,8,9,10,11", help="year groups of pupils")
    drawing.add_argument("--seed", type=int, default=7)
    drawing.add_argument("--out", type=Path, required=True)
    sending.add_argument("folder", type=Path)
    sending.add_argument("codes", nargs="+")
    sending.add_argument("--at", required=True, help="the service, such as http://127.0.0.1:8000")
    given = parser.parse_args()
    if given.what == "draw":
        years = given.years.split(",")
        rows = drawn(given.instrument, given.n, years=years, seed=given.seed)
        write(rows, given.instrument, given.out)
        print(f"{len(rows)} answers and who was asked are in {given.out}.")
        return
    if urllib.parse.urlsplit(given.at).hostname not in HERE:
        sys.exit("Invented answers are for a demonstration on this machine, at 127.0.0.1 alone.")
    instrument_id, rows = read(given.folder)
    codes = [given.codes[n % len(given.codes)] for n in range(len(rows))]
    led_to = send(given.at, codes, [fields(row, instrument_id) for row in rows])
    n_sent = sum(address.endswith(f"/sent/{instrument_id}") for address in led_to)
    print(f"{n_sent} of {len(rows)} answers were taken.")
    if n_sent < len(rows):
        sys.exit("The others were not: is the survey open, and was each link used once?")


if __name__ == "__main__":
    main()
