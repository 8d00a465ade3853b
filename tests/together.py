"""Which tests must not run side by side, and how they are kept on one worker.

They change what other tests of their group find stored, or read the same great England, which is
dear to hold twice. Pages that one role looks at stay together too: whoever it is comes once, and
what their pages lead to is asked once. xdist's own mark for this renames tests, which pytest
allows no longer (9.2).
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

CHANGING, ENGLAND, REAL = "journeys that change what is stored", "england", "real data"
WALKING = "walks over every page, taken once a worker"
# The role stands before the word, as the test names itself.
LOOKING, SEES = "tests/browser/test_browser_pages.py::test_a_page_keeps_every_rule[", " sees "
# By the beginning of a test's name.
GROUPS = {
    "tests/acceptance/test_acceptance_real.py::": REAL,
    "tests/acceptance/test_acceptance_round.py::": ENGLAND,
    "tests/browser/test_browser_diagnosis_journey.py::": CHANGING,
    "tests/browser/test_browser_journey_accept.py::": CHANGING,
    "tests/browser/test_browser_journey_cohorts.py::": CHANGING,
    "tests/browser/test_browser_journey_decide.py::": CHANGING,
    "tests/browser/test_browser_journey_match.py::": CHANGING,
    "tests/browser/test_browser_journeys.py::test_a_head_applies_and_withdraws": CHANGING,
    "tests/browser/test_browser_year.py::": CHANGING,
    "tests/docs/test_docs_snippets.py::test_the_first_tutorial": ENGLAND,
    "tests/known_truth/synthetic/test_synthetic_no_copying.py::": ENGLAND,
    "tests/service/test_service_linked.py::": WALKING,
}


class Together(LoadScopeScheduling):
    """Hands each group to one worker, the greatest first, and any other test to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def group_of(nodeid: str) -> str:
    """Name the group of a test; blank for one that may run beside any other."""
    if nodeid.startswith(LOOKING):
        return nodeid.partition(SEES)[0]
    return next((group for start, group in GROUPS.items() if nodeid.startswith(start)), "")


def scheduler(config: Any, log: Any) -> Together | None:
    """Give the scheduler, where ``--dist loadgroup`` asks for groups."""
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
