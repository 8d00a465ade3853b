"""Signs people in by OpenID Connect: authorisation code with PKCE, state and nonce.

The protocol, the keys and the tokens are authlib's; here stands what this service insists on.
"""

import dataclasses
import functools
import json
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.oauth2 import OAuth2Error
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from schoolhubs.service.environment import SignInSettings
from schoolhubs.vocabulary.errors import SchoolhubsError

SCOPES = "openid email profile organisation"
# Only what the provider signs with a key of its own: never `none`, never a shared secret.
ALGORITHMS = ["RS256"]
PATIENCE_SECONDS = 10
CLOCK_LEEWAY_SECONDS = 60
KEYS_ARE_KEPT_SECONDS = 60 * 60


class SignInRefused(SchoolhubsError):
    """What came back from the provider cannot be trusted, or the provider said no."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What the provider vouches for.

    Parameters
    ----------
    subject, email, name
        The person; the subject never changes.
    organisation
        The ``organisation`` claim, where the person chose one at the provider.
    id_token
        Shown again when signing out, so that the provider knows which session ends.
    """

    subject: str
    email: str
    name: str
    organisation: Mapping[str, Any] | None
    id_token: str


@functools.lru_cache(maxsize=8)
def provider(told: SignInSettings, hour: int) -> DjangoOAuth2App:  # noqa: ARG001
    """Give the client of a provider; it reads addresses and keys at first use, anew every hour."""
    client: DjangoOAuth2App = OAuth().register(
        "sign_in",
        client_id=told.client_id,
        client_secret=told.client_secret,
        server_metadata_url=f"{told.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPES,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": told.client_authentication,
            "default_timeout": PATIENCE_SECONDS,
        },
    )
    return client


def leave_for_provider(
    request: HttpRequest, told: SignInSettings, *, callback: str, person: str = ""
) -> HttpResponse:
    """Send somebody to the provider, keeping state, nonce and PKCE verifier in the session.

    Raises
    ------
    SignInRefused
        If the provider cannot be reached.
    """
    hint = {"login_hint": person} if person else {}
    try:
        client = _ready(told)
        return client.authorize_redirect(request, callback, **hint)
    except (requests.RequestException, OAuthError, RuntimeError, ValueError) as error:
        raise SignInRefused(f"The provider cannot be reached: {type(error).__name__}.") from None


def come_back(request: HttpRequest, told: SignInSettings) -> SignedIn:
    """Exchange what the provider sent back for who signed in.

    Raises
    ------
    SignInRefused
        If state, code, signature, issuer, audience, nonce or time is not as it must be.
    """
    try:
        client = _ready(told)
        token = client.authorize_access_token(
            request, claims_options=claims_options(told), leeway=CLOCK_LEEWAY_SECONDS
        )
        claims = token.get("userinfo")
        if claims is None:
            raise SignInRefused("The provider gave no identity token.")
        about = client.userinfo(token=token)
    except (
        OAuthError, OAuth2Error, JoseError, requests.RequestException,
        KeyError, TypeError, ValueError, RuntimeError,
    ) as error:  # fmt: skip
        raise SignInRefused(f"Not trusted: {type(error).__name__}.") from None
    if about.get("sub") != claims["sub"]:
        raise SignInRefused("The provider told of another person than it vouched for.")
    return _signed_in({**about, **claims}, id_token=token["id_token"])


def claims_options(told: SignInSettings) -> dict[str, dict[str, Any]]:
    """Say which claims a token must carry, and with which value."""
    return {
        "iss": {"essential": True, "value": told.issuer},
        "aud": {"essential": True, "value": told.client_id},
        "exp": {"essential": True},
        "nonce": {"essential": True},
        "sub": {"essential": True},
    }


def end_session_address(told: SignInSettings, *, id_token: str, come_back_to: str) -> str | None:
    """Give where the provider ends its own session; None where it cannot say."""
    try:
        client = _ready(told)
        address: str = client.create_logout_url(
            post_logout_redirect_uri=come_back_to,
            id_token_hint=id_token or None,
            client_id=told.client_id,
        )["url"]
    except (requests.RequestException, RuntimeError, ValueError, SignInRefused):
        return None  # the session here is over all the same
    return address


def _ready(told: SignInSettings) -> DjangoOAuth2App:
    """Give the client, once the provider's own description names the issuer we know."""
    client = provider(told, int(time.time() // KEYS_ARE_KEPT_SECONDS))
    said = client.load_server_metadata()
    if said.get("issuer") != told.issuer:
        raise SignInRefused("The provider's description names another issuer.")
    said["id_token_signing_alg_values_supported"] = ALGORITHMS
    return client


def _signed_in(claims: Mapping[str, Any], *, id_token: str) -> SignedIn:
    parts = (claims.get("given_name"), claims.get("family_name"))
    name = claims.get("name") or " ".join(str(part) for part in parts if part)
    organisation = claims.get("organisation")
    if isinstance(organisation, str):
        try:
            organisation = json.loads(organisation)
        except ValueError:
            organisation = None
    return SignedIn(
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        name=str(name),
        organisation=organisation if isinstance(organisation, dict) and organisation else None,
        id_token=id_token,
    )
