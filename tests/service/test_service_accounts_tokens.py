"""What comes back from a sign-in provider is believed only if everything about it is right.

Each refusal is tried a second time with its guard taken away: then the forgery must get in.
"""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.http import HttpResponse
from joserfc import jws
from joserfc.jwk import RSAKey

from forging import Claims, Forger, forging
from schoolhubs.service.accounts import oidc, sessions
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
IN, OUT = 302, 400


@pytest.fixture
def forger() -> Iterator[Forger]:
    oidc.provider.cache_clear()
    with forging() as one:
        yield one


def left(client: WatchfulClient) -> str:
    """Leave for the provider; give the address there."""
    return str(client.get("/sign-in/start").headers["Location"])


def came_back(client: WatchfulClient, address: str) -> HttpResponse:
    """Let the provider send the browser back."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def sign_in(client: WatchfulClient) -> int:
    answer = came_back(client, left(client))
    is_in = sessions.PERSON in client.session
    assert is_in == (answer.status_code == IN)
    return answer.status_code


def test_a_token_as_promised_signs_in(forger: Forger) -> None:
    assert sign_in(WatchfulClient()) == IN


def another(name: str, value: Any) -> Any:
    def forge(claims: Claims) -> None:
        claims[name] = value

    return forge


FORGERIES = {
    "issuer": another("iss", "https://elsewhere.example"),
    "audience": another("aud", "another-service"),
    "one audience of several": another("aud", ["another-service", "a-third"]),
    "nonce": another("nonce", "of another sign-in"),
    "expired": another("exp", int(time.time()) - 3_600),
    "issued tomorrow": another("iat", int(time.time()) + 86_400),
    "no subject": lambda claims: claims.pop("sub"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "no end": lambda claims: claims.pop("exp"),
    "no audience": lambda claims: claims.pop("aud"),
    "another party": another("azp", "another-service"),
}


@pytest.mark.parametrize("wrong", FORGERIES)
def test_a_token_with_a_wrong_claim_is_refused(forger: Forger, wrong: str) -> None:
    forger.forge = FORGERIES[wrong]
    assert sign_in(WatchfulClient()) == OUT


@pytest.mark.parametrize(
    ("wrong", "claim"), [("issuer", "iss"), ("audience", "aud"), ("expired", "exp")]
)
def test_with_that_claim_unchecked_the_token_would_get_in(
    forger: Forger, wrong: str, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.forge = FORGERIES[wrong]
    checked = oidc.claims_options
    monkeypatch.setattr(
        oidc,
        "claims_options",
        lambda told: {name: how for name, how in checked(told).items() if name != claim},
    )
    if claim == "exp":
        monkeypatch.setattr(oidc, "CLOCK_LEEWAY_SECONDS", 7_200)
    if claim == "aud":  # the party it was made for is a second guard behind the audience
        forger.forge = lambda claims: claims.update(aud="another-service", azp=claims["aud"])
    assert sign_in(WatchfulClient()) == IN


def test_an_audience_that_names_us_as_party_only_is_refused(forger: Forger) -> None:
    forger.forge = lambda claims: claims.update(aud="another-service", azp=claims["aud"])
    assert sign_in(WatchfulClient()) == OUT


def test_with_the_nonce_unchecked_the_token_would_get_in(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.forge = FORGERIES["nonce"]
    monkeypatch.setattr("authlib.oidc.core.IDToken.validate_nonce", lambda _: None)
    assert sign_in(WatchfulClient()) == IN


def test_a_token_that_nobody_signed_is_refused(forger: Forger) -> None:
    forger.sign = forger.unsigned
    assert sign_in(WatchfulClient()) == OUT


def test_with_unsigned_tokens_allowed_it_would_get_in(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.sign = forger.unsigned
    monkeypatch.setattr(oidc, "ALGORITHMS", ["RS256", "none"])
    assert sign_in(WatchfulClient()) == IN


def test_a_token_signed_with_another_key_is_refused(forger: Forger) -> None:
    theirs = RSAKey.generate_key(2048, parameters={"kid": "one"})
    forger.sign = lambda claims: forger.signed(claims, theirs)
    assert sign_in(WatchfulClient()) == OUT


def test_with_the_signature_unchecked_it_would_get_in(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = RSAKey.generate_key(2048, parameters={"kid": "one"})
    forger.sign = lambda claims: forger.signed(claims, theirs)
    monkeypatch.setattr(jws.JWSRegistry.algorithms["RS256"], "verify", lambda *_: True)
    assert sign_in(WatchfulClient()) == IN


def test_a_description_that_names_another_issuer_is_refused(forger: Forger) -> None:
    forger.named_issuer = "https://elsewhere.example"
    assert WatchfulClient().get("/sign-in/start").status_code == OUT


def test_another_state_is_refused(forger: Forger) -> None:
    """Somebody is sent a link that would sign them in as somebody else."""
    victim, attacker = WatchfulClient(), WatchfulClient()
    left(victim)
    assert came_back(victim, left(attacker)).status_code == OUT
    assert sessions.PERSON not in victim.session
    assert forger.n_exchanged == 0


def test_with_the_state_unchecked_it_would_get_in(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, attacker = WatchfulClient(), WatchfulClient()
    left(victim)
    address = left(attacker)
    held = next(each for name, each in attacker.session.items() if name.startswith("_state_"))
    monkeypatch.setattr(
        "authlib.integrations.base_client.FrameworkIntegration.get_state_data",
        lambda *_: held["data"],
    )
    assert came_back(victim, address).status_code == IN


def test_a_code_is_taken_once(forger: Forger) -> None:
    """The service forgets the state of a sign-in with its first use, whatever the provider does."""
    forger.burns_codes = False
    client = WatchfulClient()
    back = requests.get(left(client), allow_redirects=False, timeout=5).headers["Location"]
    assert client.get(back.removeprefix("http://testserver")).status_code == IN
    assert client.get(back.removeprefix("http://testserver")).status_code == OUT
    assert forger.n_exchanged == 1


def test_with_the_state_kept_a_code_would_be_taken_twice(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.burns_codes = False
    framework = "authlib.integrations.base_client.FrameworkIntegration"
    monkeypatch.setattr(f"{framework}.clear_state_data", lambda *_: None)
    monkeypatch.setattr(sessions, "begin", lambda *_, **__: None)
    client = WatchfulClient()
    back = requests.get(left(client), allow_redirects=False, timeout=5).headers["Location"]
    for _ in range(2):
        assert client.get(back.removeprefix("http://testserver")).status_code == IN
    assert forger.n_exchanged == 2


def test_a_code_without_its_verifier_buys_nothing(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code overheard on its way is worth nothing: the provider asks for the PKCE verifier."""
    client = WatchfulClient()
    address = left(client)
    session = client.session
    for name, held in session.items():
        if name.startswith("_state_"):
            held["data"]["code_verifier"] = "a guess"
            session[name] = held
    session.save()
    assert came_back(client, address).status_code == OUT
    assert forger.n_exchanged == 0


def test_what_is_asked_of_the_provider(forger: Forger) -> None:
    asked = {
        name: each[0] for name, each in parse_qs(urlsplit(left(WatchfulClient())).query).items()
    }
    assert asked["response_type"] == "code"
    assert asked["scope"].split() == ["openid", "email", "profile", "organisation"]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert asked["redirect_uri"] == "http://testserver/sign-in/callback"


def test_two_sign_ins_share_nothing(forger: Forger) -> None:
    asked = [parse_qs(urlsplit(left(WatchfulClient())).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_what_the_provider_tells_of_another_person_is_refused(forger: Forger) -> None:
    forger.about = {"sub": "bea", "email": "bea@example.org"}
    assert sign_in(WatchfulClient()) == OUT


def test_somebody_who_stops_at_the_provider_is_told_so(forger: Forger) -> None:
    client = WatchfulClient()
    state = parse_qs(urlsplit(left(client)).query)["state"][0]
    answer = client.get("/sign-in/callback", {"error": "access_denied", "state": state})
    assert answer.status_code == OUT
    assert "You are not signed in" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=y", "?code=&state=", "?error=x"]
)
def test_coming_back_without_having_left_is_refused(forger: Forger, query: str) -> None:
    assert WatchfulClient().get(f"/sign-in/callback{query}").status_code == OUT
    assert forger.n_exchanged == 0
