"""How the demonstration signs people in: a provider on the next port, for this start only."""

import json
import secrets
import sys
from pathlib import Path

from schoolhubs.service.supervisor import LOOPBACK

CLIENT = "schoolhubs-demonstration"
PEOPLE_FILE = "people.json"
# The provider's ids of the organisations that have no number.
KINDS = {"demo-office": "office", "demo-evaluator": "evaluator", "demo-auditor": "auditor"}


def environment(port: int) -> dict[str, str]:
    """Give the settings of a demonstration whose provider answers on a port.

    Secrets are drawn at every start: nothing of them is kept.
    """
    issuer = f"http://{LOOPBACK}:{port}"
    return {
        "SCHOOLHUBS_DEMO": "true",
        "SCHOOLHUBS_BEHIND_TLS": "false",
        "SCHOOLHUBS_ON_GOV_UK": "false",
        "SCHOOLHUBS_HOSTS": json.dumps([LOOPBACK, "localhost"]),
        "SCHOOLHUBS_SIGN_IN_ISSUER": issuer,
        "SCHOOLHUBS_SIGN_IN_CLIENT_ID": CLIENT,
        "SCHOOLHUBS_SIGN_IN_CLIENT_SECRET": secrets.token_urlsafe(32),
        "SCHOOLHUBS_SIGN_IN_API_URL": issuer,
        "SCHOOLHUBS_SIGN_IN_API_SECRET": secrets.token_urlsafe(32),
        "SCHOOLHUBS_SIGN_IN_SERVICE_ID": CLIENT,
        "SCHOOLHUBS_ORGANISATION_KINDS": json.dumps(KINDS),
    }


def provider_command(port: int, data: Path) -> list[str]:
    """Give the command that serves the provider."""
    return [
        sys.executable, "-m", "schoolhubs.service.accounts.local_provider",
        "--port", str(port), "--people", str(data / PEOPLE_FILE), "--client", CLIENT,
    ]  # fmt: skip
