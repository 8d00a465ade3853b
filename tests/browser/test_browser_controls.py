"""Each rule can be broken: a page with a known fault of every kind is found out."""

from collections.abc import Callable

import pytest

from browser.looking import EVERY_MODE, Mode, Visitor

POLICY = "default-src 'none'; script-src 'self' 'nonce-known'; style-src 'self'; img-src 'self'"
SOUND = """<!DOCTYPE html><html lang="en"><head><title>Sound – School hubs</title></head>
<body><main><h1>Sound</h1></main></body></html>"""
FAULTY = """<!DOCTYPE html><html lang="en"><head><title>Faulty</title></head><body><main>
<h1>One</h1><h1>Two</h1>
<div class="govuk-error-summary__list"><a href="#age">Enter the age</a></div>
<p class="govuk-error-message">Error: Enter a number</p><input id="age">
<p id="twice">A</p><p id="twice">B</p><p style="color: red">Red</p><img src="/no-such-picture">
<a href="/no-such-page">Nowhere</a><p>&lt;span&gt;</p><pre>{wide}</pre>
<script nonce="known">throw new Error("broken")</script></main></body></html>"""


def shown(visitor: Visitor, text: str) -> dict[str, list[str]]:
    """Show a page under the service's address and policy, and give what is found wrong with it."""
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
    visitor.page.route("**/shown", lambda route: route.fulfill(body=text, headers=headers))
    visitor.go("/shown")
    found = visitor.faults("a page made for this test")
    visitor.counted.clear()  # it is no page of the service
    return found


@pytest.mark.parametrize("mode", EVERY_MODE, ids=str)
def test_every_kind_of_fault_is_found(visit: Callable[..., Visitor], mode: Mode) -> None:
    filled = FAULTY.format(wide="wide" * 200)
    found = shown(visit(mode), filled)
    kinds = "heading title console policy width links markup ids errors axe"
    assert set(kinds.split()) <= set(found)
    assert any("no-such-picture" in said or "404" in said for said in found["console"])
    assert any("broken" in said for said in found["console"]) == mode.has_script
    assert any(said.startswith("label ") for said in found["axe"]), "the input has no label"


@pytest.mark.parametrize("mode", EVERY_MODE, ids=str)
def test_a_sound_page_has_no_fault(visit: Callable[..., Visitor], mode: Mode) -> None:
    assert shown(visit(mode), SOUND) == {}


def test_an_answer_that_was_not_meant_is_found(visitor: Visitor) -> None:
    visitor.go("/no-such-page")
    assert set(visitor.faults("no such page")) >= {"status"}
    visitor.counted.clear()


def test_a_heavy_page_is_found(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the lightest page weighs more than nothing, so the scale does weigh."""
    monkeypatch.setattr("browser.looking.MOST_BYTES", 10_000)
    visitor.go("/cookies")
    assert set(visitor.faults("cookies")) == {"weight"}
    visitor.counted.clear()
