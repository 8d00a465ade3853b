"""A small sign-in provider that can lie: it signs whatever a test tells it to, with its own key."""

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import flask
from django.test.utils import override_settings
from joserfc import jwt
from joserfc.jwk import RSAKey

from providing import CLIENT, told
from schoolhubs.service.stand_in import running

Claims = dict[str, Any]


class Forger:
    """What the next token says, and how it is signed; as it stands, all is well.

    ``forge`` changes the claims, ``sign`` replaces the signing. ``burns_codes`` is what any real
    provider does: a code buys one token.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.issuer = ""
        self.named_issuer = ""
        self.forge: Callable[[Claims], None] = lambda _: None
        self.sign: Callable[[Claims], str] = self.signed
        self.burns_codes = True
        self.codes: dict[str, dict[str, str]] = {}
        self.n_exchanged = 0
        self.about: Claims = {"email": "ada@example.org", "name": "Ada Vexley"}

    def signed(self, claims: Claims, key: RSAKey | None = None) -> str:
        """Sign as promised."""
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key or self.key)

    def unsigned(self, claims: Claims) -> str:
        """Sign nothing at all."""
        parts = ({"alg": "none", "typ": "JWT", "kid": "one"}, claims)
        return ".".join(_packed(json.dumps(part).encode()) for part in parts) + "."

    def token(self, nonce: str) -> str:
        """Make the token for one sign-in."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "ada", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": nonce,
        }  # fmt: skip
        self.forge(claims)
        return self.sign(claims)


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def application(forger: Forger) -> flask.Flask:
    """Make the provider."""
    app = flask.Flask("forger")

    @app.get("/.well-known/openid-configuration")
    def described() -> Any:
        here = forger.issuer
        return {
            "issuer": forger.named_issuer or here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/userinfo",
            "jwks_uri": f"{here}/keys",
            # It says it would sign with nothing: a client that believes that is lost.
            "id_token_signing_alg_values_supported": ["RS256", "none"],
        }

    @app.get("/keys")
    def keys() -> Any:
        return {"keys": [forger.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize() -> Any:
        asked = flask.request.args.to_dict()
        code = secrets.token_urlsafe(16)
        forger.codes[code] = asked
        return flask.redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    @app.post("/token")
    def token() -> Any:
        form = flask.request.form
        asked = forger.codes.get(form["code"])
        digest = _packed(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or digest != asked.get("code_challenge"):
            return {"error": "invalid_grant"}, 400
        if forger.burns_codes:
            del forger.codes[form["code"]]
        forger.n_exchanged += 1
        return {
            "access_token": "x", "token_type": "Bearer", "expires_in": 300,
            "id_token": forger.token(asked["nonce"]),
        }  # fmt: skip

    @app.get("/userinfo")
    def userinfo() -> Any:
        return {"sub": "ada", **forger.about}

    return app


@contextlib.contextmanager
def forging() -> Iterator[Forger]:
    """Run the provider, with the service set up for it, while inside."""
    forger = Forger()
    with running(application(forger)) as issuer, override_settings(ENVIRONMENT=told(issuer)):
        forger.issuer = issuer
        yield forger
