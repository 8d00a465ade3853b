"""A page that waits for work shows all of what comes next, and not only that the work is over."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

SCRIPT = Path(__file__).resolve().parents[2] / "src/schoolhubs/service/static/jobs.js"
TEMPLATES = SCRIPT.parents[1] / "templates"
AT = "http://waiting.example/work"


@pytest.mark.parametrize(("goes_on", "is_chosen_from"), [("data-goes-on", True), ("", False)])
def test_what_is_to_be_done_next_is_shown_once_the_work_is_over(
    browser: Browser, goes_on: str, is_chosen_from: bool
) -> None:
    """Negative control: a page that does not say that it goes on shows the end of work alone."""
    page = browser.new_page()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        is_over = len(asked) > 1
        text = f"<title>t</title><main><div id=job {goes_on} data-finished="
        text += "yes></div><form>Choose</form>" if is_over else "no>Wait</div>"
        text += "" if is_over else f"<script type=module>{SCRIPT.read_text('utf-8')}</script>"
        route.fulfill(body=f"{text}</main>", content_type="text/html")

    page.route("http://waiting.example/**", answer)
    page.goto(AT)
    page.wait_for_function("document.getElementById('job').dataset.finished === 'yes' || "
                           "document.getElementById('job').innerHTML === ''")  # fmt: skip
    page.wait_for_load_state()
    assert ("Choose" in page.inner_text("main")) is is_chosen_from
    page.close()


def test_the_page_of_a_file_of_marks_says_that_it_goes_on() -> None:
    assert "data-goes-on" in (TEMPLATES / "attendance/found.html").read_text("utf-8")
