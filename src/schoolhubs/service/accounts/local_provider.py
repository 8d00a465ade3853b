"""A sign-in provider on this machine, for demonstrations and tests; never for real people.

OpenID Connect is oidc-provider-mock's; the organisation API beside it has the routes, the answers
and the tokens of DfE Sign-in's. ``python -m schoolhubs.service.accounts.local_provider`` serves it.
"""

import argparse
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import authlib.deprecate
import flask
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from schoolhubs.service.accounts.local_people import LocalMembership, LocalPerson, read_people
from schoolhubs.service.stand_in import serve

warnings.filterwarnings("ignore", category=authlib.deprecate.AuthlibDeprecationWarning)
import oidc_provider_mock  # noqa: E402 - it warns of the library beneath it, which is not ours

AUDIENCE = "signin.education.gov.uk"
ROUTES = "schoolhubs-organisation-api"
SECRET_VARIABLE = "SCHOOLHUBS_SIGN_IN_API_SECRET"  # noqa: S105 - its name, not its value


class Directory:
    """Who belongs where now; a test changes it while the provider runs."""

    def __init__(self, people: Sequence[LocalPerson]) -> None:
        self.people = {person.subject: person for person in people}
        self.is_down = False
        self.n_asked = 0

    def person(self, subject: str) -> LocalPerson | None:
        """Give one person; None if there is nobody of that subject."""
        return self.people.get(subject)

    def membership(self, subject: str, organisation_id: str) -> LocalMembership | None:
        """Give one membership; None if the person is not, or no longer, there."""
        person = self.person(subject)
        found = [
            each
            for each in (person.memberships if person else [])
            if each.organisation["id"] == organisation_id
        ]
        return found[0] if found else None


class DirectoryOnDisk(Directory):
    """People of a file, read again whenever it was written while the provider runs."""

    def __init__(self, path: Path) -> None:
        super().__init__(read_people(path))
        self._path, self._as_of = path, path.stat().st_mtime_ns

    def person(self, subject: str) -> LocalPerson | None:
        """Give one person as the file has them now."""
        as_of = self._path.stat().st_mtime_ns
        if as_of != self._as_of:
            self.people = {each.subject: each for each in read_people(self._path)}
            self._as_of = as_of
        return super().person(subject)


def application(directory: Directory, *, client_id: str, api_secret: str) -> flask.Flask:
    """Make the provider: its sign-in pages, and the organisation API beside them."""
    users = [
        oidc_provider_mock.User(sub=person.subject, claims=person.claims())
        for person in directory.people.values()
    ]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=users)
    app.debug = False
    app.wsgi_app = app.wsgi_app.app  # no debugger
    key = OctKey.import_key(api_secret)

    @app.before_request
    def answer_at_once() -> flask.typing.ResponseReturnValue | None:
        """Press the buttons: whom the service names signs in, and signing out needs no asking."""
        asked = flask.request
        person = directory.person(asked.args.get("login_hint", ""))
        if person and asked.path == "/oauth2/authorize" and asked.method == "GET":
            return _pressed(app, asked, person)
        if asked.path == "/oauth2/end_session" and asked.args.get("post_logout_redirect_uri"):
            return flask.redirect(asked.args["post_logout_redirect_uri"])
        return None

    app.register_blueprint(_organisation_api(directory, key=key, client_id=client_id))
    return app


def _pressed(app: flask.Flask, asked: flask.Request, person: LocalPerson) -> flask.Response:
    """Press the button of one person on the page asked for, as they are told of now."""
    address, host = asked.full_path, asked.host_url  # read before other requests come
    browser = app.test_client()
    browser.put(f"/users/{person.subject}", json=person.claims(), base_url=host)
    pressed = browser.post(address, data={"sub": person.subject}, base_url=host)
    return app.response_class(pressed.data, pressed.status_code, dict(pressed.headers))


def _organisation_api(directory: Directory, *, key: OctKey, client_id: str) -> flask.Blueprint:
    api = flask.Blueprint(ROUTES, __name__)

    @api.before_request
    def refuse_strangers() -> flask.typing.ResponseReturnValue | None:
        directory.n_asked += 1
        if directory.is_down:
            return {"error": "unavailable"}, 503
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _is_ours(token, key=key, client_id=client_id):
            return None
        return {"error": "not authorised"}, 401

    @api.get("/services/<service>/organisations/<organisation>/users/<subject>")
    def roles(service: str, organisation: str, subject: str) -> flask.typing.ResponseReturnValue:
        held = directory.membership(subject, organisation)
        if held is None:
            return "", 404
        told = [
            {"id": code, "code": code, "name": code, "numericId": "1", "status": {"id": 1}}
            for code in held.roles
        ]
        return {
            "userId": subject, "serviceId": service, "organisationId": organisation,
            "roles": told, "identifiers": [],
        }  # fmt: skip

    @api.get("/users/<subject>/organisations")
    def organisations(subject: str) -> flask.typing.ResponseReturnValue:
        person = directory.person(subject)
        if person is None:
            return "", 404
        return flask.jsonify([each.organisation for each in person.memberships])

    return api


def _is_ours(token: str, *, key: OctKey, client_id: str) -> bool:
    """Check a token as DfE Sign-in does: signed with our secret, ours, for it, not yet over."""
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": client_id},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
    )
    try:
        registry.validate(jwt.decode(token, key, algorithms=["HS256"]).claims)
    except (JoseError, ValueError):
        return False
    return True


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Serve until told to stop; the API's secret comes from the environment."""
    parser = argparse.ArgumentParser(prog="local_provider")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--client", required=True)
    given = parser.parse_args(arguments)
    directory = DirectoryOnDisk(given.people)
    app = application(directory, client_id=given.client, api_secret=environ[SECRET_VARIABLE])
    serve(app, given.port)


if __name__ == "__main__":
    import os

    main(sys.argv[1:], os.environ)
