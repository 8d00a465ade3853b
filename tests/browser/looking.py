"""A person at a browser, and everything that must hold of whatever page they see."""

import dataclasses
import functools
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from browser.serving import Service

SERVICE_NAME = "School hubs"
NARROWEST = 320
PATIENCE_SECONDS = 120  # for a job
MOST_BYTES = 150_000
SESSION = "schoolhubs-session"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_RUN = "async () => (await axe.run({resultTypes: ['violations']})).violations"
# Another page in a window whose scripts stay loaded; done when its styles are there.
WRITTEN = """([address, text]) => new Promise(done => {
  history.replaceState(null, "", address);
  document.open();
  addEventListener("load", () => done(), {once: true});
  document.write(text);
  document.close();
})"""
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)

# Read in one go, by the browser itself, which works with the page's own scripts off too.
SEEN = """() => ({
  markup: document.body.innerText.match(/<\\/?[a-z]+[^<>]*>|&(lt|gt|amp|#\\d+);/g) || [],
  headings: [...document.querySelectorAll("h1")].map(each => each.innerText.trim()),
  title: document.title,
  ids: [...document.querySelectorAll("[id]")].map(each => each.id),
  links: [...document.querySelectorAll("a[href]")].map(each => each.getAttribute("href")),
  summary: [...document.querySelectorAll(".govuk-error-summary__list a")].map(
    each => [each.getAttribute("href"), each.innerText.trim()]),
  fields: [...document.querySelectorAll(".govuk-error-message")].map(
    each => [each.id, each.innerText.replace(/^\\s*Error:/, "").trim()]),
})"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How somebody browses: with the page's scripts or without, at a desk or on a phone."""

    has_script: bool
    width: int

    def __str__(self) -> str:
        return f"{'script' if self.has_script else 'plain'}-{self.width}"


DESK = Mode(has_script=True, width=1280)
PHONE = Mode(has_script=True, width=390)
PLAIN = Mode(has_script=False, width=390)
# Both widths, with scripts and without: what a page does by script on a phone alone, its menu,
# is looked at by the tests of it. Without scripts a phone shows all that a desk does.
MODES = (DESK, PLAIN)
EVERY_MODE = (DESK, PHONE, PLAIN)


class Visitor:
    """One person in one window; ``look`` after each step holds the page to every rule.

    Parameters
    ----------
    counted
        Takes ``("axe", [page, violations])`` of each page looked at; pytest's user properties.
    """

    def __init__(
        self, context: BrowserContext, copies: BrowserContext, service: Service, mode: Mode,
        counted: list[tuple[str, object]], role: str = "",
    ) -> None:  # fmt: skip
        self.service, self.mode, self.counted, self.role = service, mode, counted, role
        self.page: Page = context.new_page()
        self._copies = copies
        self._said: list[ConsoleMessage] = []
        self._broken: list[str] = []
        self._finished: list[Request] = []
        self._status = 0
        # Every page is weighed as a first visit.
        context.new_cdp_session(self.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.page.on("console", lambda each: self._said.append(each))
        self.page.on("pageerror", lambda error: self._broken.append(str(error)))
        self.page.on("request", self._note_request)
        self.page.on("requestfinished", lambda each: self._finished.append(each))
        self.page.on("response", self._note_response)

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            for held in (self._said, self._broken, self._finished):
                held.clear()

    def _note_response(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._status = response.status

    def go(self, address: str) -> None:
        """Open an address of the service."""
        self.page.goto(self.service.url + address)

    def look(self, name: str, *, status: int = 200) -> None:
        """Hold the page in front of us to everything; ``name`` says which page and state it is."""
        __tracebackhide__ = True
        found = self.faults(name, status=status)
        assert not found, f"{name} ({self.mode}) at {self.page.url}: {found}"

    def faults(self, name: str, *, status: int = 200) -> dict[str, list[str]]:
        """Give what is wrong with the page in front of us, by kind; axe counts it as looked at."""
        self.page.wait_for_load_state("load")
        seen = self.page.evaluate(SEEN)
        found = {
            "status": [] if self._status == status else [f"{self._status}, not {status}"],
            "heading": [] if len(seen["headings"]) == 1 else seen["headings"] or ["none"],
            "title": list(title_faults(seen)),
            "console": list(self._console(status)),
            "policy": [each.text for each in self._said if is_about_policy(each)],
            "width": list(self._overflow()),
            "links": list(self._links(seen)),
            "markup": sorted(set(seen["markup"])),
            "ids": sorted({each for each in seen["ids"] if seen["ids"].count(each) > 1}),
            "errors": list(error_faults(seen)),
            "weight": list(self._weight()),
            "axe": list(self._axe()),
        }
        label = f"{self.role}: {name}" if self.role else name
        self.counted.append(("axe", [label, len(found["axe"])]))
        return {kind: said for kind, said in found.items() if said}

    def _console(self, status: int) -> Iterator[str]:
        yield from self._broken
        for each in self._said:
            # The browser reports a page that is meant to answer 404 as a failure to load it.
            is_itself = status >= 400 and each.location["url"] == self.page.url
            if each.type == "error" and not is_about_policy(each) and not is_itself:
                yield each.text

    def _overflow(self) -> Iterator[str]:
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROWEST:
            yield f"{wide} px wide on a screen of {NARROWEST}"
        self.page.set_viewport_size(before or {"width": self.mode.width, "height": 900})

    def _links(self, seen: dict[str, Any]) -> Iterator[str]:
        cookies = self.page.context.cookies() if self.role else []
        # What a link answers goes by who asks it: by other cookies it is not asked again.
        kept = "; ".join(
            f"{each['name']}={each['value']}" for each in cookies if each["name"].endswith(SESSION)
        )
        for href in sorted(set(seen["links"])):
            address, _, anchor = urllib.parse.urljoin(self.page.url, href).partition("#")
            if address == self.page.url.partition("#")[0]:
                if anchor and anchor not in seen["ids"]:
                    yield f"#{anchor} leads nowhere on the page"
            elif address.startswith(self.service.url):
                answered = status_of(address, kept)
                if answered >= 500 or answered in {403, 404}:
                    yield f"{href} answers {answered}"

    def _weight(self) -> Iterator[str]:
        # To wait for a response to finish can be for ever: those that have finished are weighed.
        sent = {
            each.url: each.sizes()["responseBodySize"]
            for each in self._finished
            if not each.url.startswith("data:")
        }
        if sum(sent.values()) > MOST_BYTES:
            yield f"{sum(sent.values()):,} bytes: {sent}"

    def _axe(self) -> Iterator[str]:
        page = self.page
        if self.mode.has_script:
            page.evaluate(AXE)
        else:
            page = self._copy()
        found = page.evaluate(AXE_RUN)
        for each in found:
            where = "; ".join(str(node["html"])[:160] for node in each["nodes"][:3])
            yield f"{each['id']} ({each['impact']}): {each['help']}: {where}"

    def _copy(self) -> Page:
        """Copy a page whose scripts are off, less its scripts, to a window in which axe waits."""
        # One window takes every copy in turn, and keeps axe: to load it costs as much as to look.
        copied = self._copies.pages[0] if self._copies.pages else self._copies.new_page()
        if not copied.url.startswith(f"{self.service.url}/"):
            self._put_axe(copied)
        copied.set_viewport_size({"width": self.mode.width, "height": 900})
        address = self.page.url.partition("#")[0].removeprefix(self.service.url)
        copied.evaluate(WRITTEN, [address, SCRIPT.sub("", self.page.content())])
        return copied

    def _put_axe(self, window: Page) -> None:
        """Open an empty page of the service, and load axe into it."""
        window.unroute_all()
        start = f"{self.service.url}/"
        window.route(start, lambda route: route.fulfill(body="", content_type="text/html"))
        window.goto(start)
        window.evaluate(AXE)


def sign_in(visitor: Visitor, following: str = "/") -> None:
    """Sign in as the visitor's role through the local provider, as its role card does."""
    person = f"demo-{visitor.role.replace('_', '-')}"
    told = urllib.parse.urlencode({"person": person, "next": following})
    visitor.go(f"/sign-in/start?{told}")


def press(visitor: Visitor, name: str, role: Literal["button", "link"] = "button") -> None:
    """Press what leads to another page, and wait until that page is there."""
    pressed = visitor.page.get_by_role(role, name=re.compile(f"^({name})$"))
    with visitor.page.expect_navigation():
        pressed.click()


def answer_every_page(visitor: Visitor, name: str = "") -> None:
    """Answer the questions of an application from the page shown on; look on, where named."""
    page = visitor.page
    while "/questions/" in page.url:
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        if page.get_by_label("Yes", exact=True).count():
            page.get_by_label("Yes", exact=True).check()
        for field in page.locator("main input[type=text], main textarea").all():
            words = f"Some words ({field.get_attribute('name')})"
            field.fill("4" if field.get_attribute("inputmode") == "numeric" else words)
        for field in page.locator("main input[type=email]").all():
            field.fill("letters@school.example")
        if name:
            visitor.look(f"{name}: {page.url.rpartition('/')[2]}")
        press(visitor, "Save and continue")


def wait_for_the_job(visitor: Visitor, name: str = "") -> None:
    """Wait until the job under way is done, and go to what came of it; look on, where named."""
    if name:
        visitor.look(f"{name}, under way")
    deadline = time.monotonic() + PATIENCE_SECONDS
    done = visitor.page.get_by_role("button", name="See what came of it")
    while not done.count():
        assert time.monotonic() < deadline, visitor.page.inner_text("main")
        assert "Why it stopped" not in visitor.page.inner_text("main"), "it is to be done"
        visitor.page.wait_for_timeout(500)
        visitor.page.reload()
    if name:
        visitor.look(f"{name}, done")
    press(visitor, "See what came of it")


def is_about_policy(message: ConsoleMessage) -> bool:
    """Tell a message about the content security policy."""
    return "Content Security Policy" in message.text


def title_faults(seen: dict[str, Any]) -> Iterator[str]:
    """Name what is wrong with the title: it ends with the service, and begins with any error."""
    title = seen["title"]
    if not title.endswith(f" – {SERVICE_NAME}") or title.startswith(" –"):
        yield f"{title} does not say the page and end with the service's name"
    if title.startswith("Error: ") != bool(seen["summary"]):
        yield f"{title} does not say whether there is an error"


def error_faults(seen: dict[str, Any]) -> Iterator[str]:
    """Name each error of the summary whose words do not stand at its field, and the reverse."""
    at_fields = dict(seen["fields"])
    for href, words in seen["summary"]:
        field = href.removeprefix("#")
        if field not in seen["ids"]:
            yield f"{words}: leads to {href}, which is not there"
        if words not in at_fields.values():
            yield f"{words}: not said at its field"
    said = [words for _, words in seen["summary"]]
    yield from (f"{words}: not in the summary" for words in at_fields.values() if words not in said)


@functools.cache
def status_of(address: str, cookies: str) -> int:
    """Give what an address answers somebody with these cookies; a redirect is an answer."""
    request = urllib.request.Request(address, headers={"Cookie": cookies} if cookies else {})
    try:
        with _NO_REDIRECTS.open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_NO_REDIRECTS = urllib.request.build_opener(_Stay)
