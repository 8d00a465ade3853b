"""GOV.UK Notify on this machine, for demonstrations and tests; it sends nothing to anybody.

It checks and answers as Notify's API does, as far as this service uses it, and can be told to fail
in every way in which a service at the other end of a network fails.
``python -m schoolhubs.service.letters.post.local_notify`` serves it.
"""

import argparse
import contextlib
import dataclasses
import random
import re
import socket
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import flask
import jwt

from schoolhubs.service.letters.kinds import PLACEHOLDER, LetterKind, filled, kinds
from schoolhubs.service.stand_in import LOOPBACK, serve

KEY_VARIABLE = "SCHOOLHUBS_NOTIFY_API_KEY"
TOKEN_SECONDS = 30
TEMPLATES = uuid.UUID("6f2a2f0e-5d0c-4c56-9a0e-2f6f6f0f8f11")  # a namespace, drawn once
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Answer = flask.typing.ResponseReturnValue


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often each thing goes wrong, as a share of requests; the draws come from the seed.

    ``slow`` answers come after ``slow_seconds``, which is too late for whoever waits less, and what
    they answer is taken, before or after the wait; ``cut`` ones never come, as the connection ends.
    """

    too_many: float = 0
    error: float = 0
    slow_before: float = 0
    slow_after: float = 0
    cut_before: float = 0
    cut_after: float = 0
    slow_seconds: float = 1
    retry_after: int | None = None
    seed: int = 0


class PostBox:
    """What was accepted, in the order in which it was; a test looks into it."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.accepted: list[dict[str, Any]] = []
        self.n_asked = 0
        self.drawn: dict[str, int] = {}
        self._random = random.Random(self.faults.seed)
        self._lock = threading.Lock()

    def draw(self) -> str:
        """Draw what goes wrong with a request; blank for nothing."""
        with self._lock:
            self.n_asked += 1
            at = self._random.random()
            for name in (
                "too_many",
                "error",
                "slow_before",
                "slow_after",
                "cut_before",
                "cut_after",
            ):
                at -= getattr(self.faults, name)
                if at < 0:
                    self.drawn[name] = self.drawn.get(name, 0) + 1
                    return name
        return ""

    def accept(self, notification: dict[str, Any]) -> None:
        """Take a letter."""
        with self._lock:
            self.accepted.append(notification)

    def found(self, name: str, value: str) -> list[dict[str, Any]]:
        """Give the letters with an id or a reference, newest first."""
        with self._lock:
            return [each for each in reversed(self.accepted) if each[name] == value]


def template_ids() -> dict[str, str]:
    """Give the template of each kind of letter, as the local Notify holds it."""
    return {kind: str(uuid.uuid5(TEMPLATES, kind)) for kind in kinds()}


def new_key() -> str:
    """Draw an API key of the form Notify's have: a name, the service's id, the secret."""
    return f"local-{uuid.uuid4()}-{uuid.uuid4()}"


def application(box: PostBox, *, api_key: str) -> flask.Flask:
    """Make the local Notify, which holds a template for each kind of letter."""
    app = flask.Flask(__name__)
    held = {template: kinds()[kind] for kind, template in template_ids().items()}

    @app.before_request
    def refuse_strangers() -> Answer | None:
        fault = token_fault(flask.request.headers.get("Authorization", ""), api_key)
        if fault:
            return refused(403, "AuthError", f"Invalid token: {fault}")
        flask.g.fault = box.draw()
        return fails_before(flask.g.fault, box.faults)

    @app.after_request
    def fail_after(answer: flask.Response) -> flask.Response:
        fault = flask.g.get("fault", "")
        if fault == "slow_after":
            time.sleep(box.faults.slow_seconds)
        if fault == "cut_after":
            cut()
        return answer

    @app.post("/v2/notifications/email")
    def email() -> Answer:
        return _email(box, held)

    @app.get("/v2/notifications/<notification_id>")
    def one(notification_id: str) -> Answer:
        found = box.found("id", notification_id)
        return found[0] if found else refused(404, "NoResultFound", "No result found")

    @app.get("/v2/notifications")
    def several() -> Answer:
        wanted = flask.request.args.get("reference")
        found = box.found("reference", wanted) if wanted else list(reversed(box.accepted))
        return {"notifications": found, "links": {"current": flask.request.url}}

    return app


def _email(box: PostBox, held: Mapping[str, LetterKind]) -> Answer:
    said = flask.request.get_json(silent=True)
    if not isinstance(said, dict):
        return refused(400, "BadRequestError", "Invalid JSON supplied in POST data")
    for name in ("email_address", "template_id"):
        if not said.get(name):
            return refused(400, "ValidationError", f"{name} is a required property")
    if not ADDRESS.fullmatch(str(said["email_address"])):
        return refused(400, "ValidationError", "email_address Not a valid email address")
    kind = held.get(str(said["template_id"]))
    if kind is None:
        return refused(400, "BadRequestError", "Template not found")
    facts = said.get("personalisation") or {}
    missing = sorted(set(PLACEHOLDER.findall(kind.subject + kind.body)) - set(facts))
    if missing:
        return refused(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
    letter = _notification(said, kind, facts)
    box.accept(letter)
    told = {"subject": letter["subject"], "body": letter["body"], "from_email": f"hubs@{LOOPBACK}"}
    return {
        "id": letter["id"], "reference": letter["reference"], "content": told,
        "uri": f"{flask.request.url_root}v2/notifications/{letter['id']}",
        "template": letter["template"], "scheduled_for": None,
    }, 201  # fmt: skip


def _notification(
    said: Mapping[str, Any], kind: LetterKind, facts: Mapping[str, str]
) -> dict[str, Any]:
    template = str(said["template_id"])
    return {
        "id": str(uuid.uuid4()),
        "reference": said.get("reference"),
        "email_address": said["email_address"],
        "type": "email",
        "status": "delivered",
        "template": {
            "id": template, "version": 1, "uri": f"{flask.request.url_root}v2/template/{template}"
        },
        "subject": filled(kind.subject, facts),
        "body": filled(kind.body, facts),
        "created_at": f"{time.time():.6f}",
    }  # fmt: skip


def token_fault(header: str, api_key: str) -> str:
    """Check a token as Notify does; give what is wrong with it, blank for nothing."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return "authentication token must be provided"
    try:
        told = jwt.decode(
            token, api_key[-36:], algorithms=["HS256"], issuer=api_key[-73:-37],
            options={"require": ["iss", "iat"], "verify_iat": False},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return "API key not found"
    if abs(time.time() - int(told["iat"])) > TOKEN_SECONDS:
        return "system clock must be accurate to within 30 seconds"
    return ""


def refused(status: int, error: str, message: str) -> tuple[flask.Response, int]:
    """Answer as Notify does when it does not take something."""
    said = {"status_code": status, "errors": [{"error": error, "message": message}]}
    return flask.jsonify(said), status


def fails_before(fault: str, faults: Faults) -> Answer | None:
    """Fail before anything is accepted, where that was drawn."""
    match fault:
        case "too_many":
            answer, status = refused(429, "RateLimitError", "Exceeded rate limit")
            if faults.retry_after is not None:
                answer.headers["Retry-After"] = str(faults.retry_after)
            return answer, status
        case "error":
            return refused(500, "Exception", "Internal server error")
        case "slow_before":
            time.sleep(faults.slow_seconds)  # and takes it all the same, when nobody listens
        case "cut_before":
            cut()
            return "", 500
    return None


def cut() -> None:
    """End the connection without an answer."""
    held: socket.socket = flask.request.environ["werkzeug.socket"]
    with contextlib.suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Serve until told to stop; the API key comes from the environment."""
    parser = argparse.ArgumentParser(prog="local_notify")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args(arguments)
    app = application(PostBox(), api_key=environ[KEY_VARIABLE])
    serve(app, given.port)


if __name__ == "__main__":
    import os

    main(sys.argv[1:], os.environ)
