"""A real browser at a real service; see places.py for the pages, looking.py for the rules."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, sync_playwright

from browser.looking import MODES, Mode, Visitor, sign_in
from browser.places import find_subjects
from browser.serving import Service, shared_service

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MILLISECONDS = 15_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run renew the pictures of the tutorial: ``pytest tests/browser --take-pictures``."""
    parser.addoption("--take-pictures", action="store_true", help="renew docs/images/service")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Give the browser that ``make test`` found or installed, or skip; fail where CI is true."""
    path = PROJECT / "scripts" / "get_browser.py"
    spec = importlib.util.spec_from_file_location("get_browser", path)
    assert spec is not None
    assert spec.loader is not None
    get_browser = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(get_browser)
    found: Path | None = get_browser.find()
    if found is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(get_browser.WHY_NOT)
        pytest.skip(get_browser.WHY_NOT)
    return found


@pytest.fixture(scope="session")
def service(chromium: Path, small_england: Path) -> Service:
    """Give the service that every worker of the session shares."""
    return shared_service(Path(os.environ["SCHOOLHUBS_TESTS"]), small_england)


@pytest.fixture(scope="session")
def subjects(service: Service) -> dict[str, str]:
    """Give the URN of one school of each kind that pages are looked at with."""
    return find_subjects(service)


# By module, not session: while Playwright runs its loop, Django's own tests would refuse to work.
@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """Give a browser, ended after the module's last test."""
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def copies(browser: Browser) -> Iterator[BrowserContext]:
    """Give windows for axe's copies of pages without scripts; no policy is checked in these."""
    with browser.new_context(bypass_csp=True) as context:
        yield context


@pytest.fixture(scope="module")
def signed_in() -> dict[str, StorageState]:
    """Give the cookies of each role that signed in: the next visitor in that role keeps them."""
    return {}


@pytest.fixture(scope="module")
def come(
    browser: Browser, copies: BrowserContext, service: Service, signed_in: dict[str, StorageState]
) -> Callable[..., Visitor]:
    """Give a new visitor on call, with cookies of their own; signed in, if a role is named."""

    def one(mode: Mode, role: str, counted: list[tuple[str, object]]) -> Visitor:
        context = browser.new_context(
            java_script_enabled=mode.has_script,
            viewport={"width": mode.width, "height": 900},
            storage_state=signed_in.get(role),
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        visitor = Visitor(context, copies, service, mode, counted, role)
        if role and role not in signed_in:
            sign_in(visitor)
            signed_in[role] = context.storage_state()
        return visitor

    return one


@pytest.fixture
def visit(
    come: Callable[..., Visitor], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Give a new visitor on call, who leaves at the end of the test."""
    opened: list[Visitor] = []

    def one(mode: Mode, role: str = "") -> Visitor:
        opened.append(come(mode, role, request.node.user_properties))
        return opened[-1]

    yield one
    for visitor in opened:
        visitor.page.context.close()


@pytest.fixture(scope="module")
def staying() -> Iterator[dict[Mode, Visitor]]:
    """Give the visitor of each mode that came last, left at the end of the module."""
    here: dict[Mode, Visitor] = {}
    yield here
    for visitor in here.values():
        visitor.page.context.close()


@pytest.fixture
def stay(
    come: Callable[..., Visitor], staying: dict[Mode, Visitor], request: pytest.FixtureRequest
) -> Callable[..., Visitor]:
    """Give the visitor of this mode and role who is here still; a new one, if another role came.

    For looking only: nothing is sent, so the next page is seen as by somebody new.
    """

    def one(mode: Mode, role: str = "") -> Visitor:
        counted = request.node.user_properties
        before = staying.get(mode)
        if before is None or before.role != role:
            if before is not None:
                before.page.context.close()
            staying[mode] = come(mode, role, counted)
        staying[mode].counted = counted
        return staying[mode]

    return one


@pytest.fixture(params=MODES, ids=str)
def visitor(visit: Callable[..., Visitor], request: pytest.FixtureRequest) -> Visitor:
    """Give a visitor in each way of browsing."""
    return visit(request.param)
