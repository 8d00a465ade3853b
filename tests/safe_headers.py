"""What every answer of the service carries, whoever gave it: page, file, refusal or fault."""

import re

from django.http import HttpResponse

SAME = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
NONCE = re.compile(r" 'nonce-[A-Za-z0-9+/=]{22,}'")


def policy_of(response: HttpResponse) -> dict[str, str]:
    """Give the directives of an answer, without what is drawn anew each time."""
    said = NONCE.sub("", response.headers.get("Content-Security-Policy", ""))
    return {
        name: value for name, _, value in (each.strip().partition(" ") for each in said.split(";"))
    }


def faults_of(response: HttpResponse, *, provider: str = "") -> list[str]:
    """Name what an answer lacks to be safe; ``provider`` is where signing out may lead."""
    faults = [name for name, value in SAME.items() if response.headers.get(name) != value]
    wanted = POLICY | ({"form-action": f"'self' {provider}"} if provider else {})
    if policy_of(response) != wanted:
        faults.append("Content-Security-Policy")
    if not re.fullmatch("[0-9a-f]{32}", response.headers.get("X-Request-ID", "")):
        faults.append("X-Request-ID")
    if not response.headers.get("Cache-Control"):
        faults.append("Cache-Control")
    return faults
