"""Codes that let people in, of which a keyed hash alone is kept; keys of forms sent twice."""

import secrets
import uuid

from django.utils.crypto import salted_hmac

from schoolhubs.service.surveys.models import Route
from schoolhubs.service.surveys.rules import rule

OF_A_CODE, OF_A_FORM = "schoolhubs.surveys.code", "schoolhubs.surveys.form"
GROUP = 5


def new_code(route: str) -> str:
    """Give a code that was never given, in groups of five."""
    is_class = route == Route.CLASS_CODES
    n = rule("class_code_letters") if is_class else rule("link_letters")
    letters = [secrets.choice(rule("alphabet")) for _ in range(n)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, n, GROUP))


def code_hash(code: str) -> str:
    """Give the keyed hash of a code, however it was typed: small letters, spaces, no hyphens."""
    plain = "".join(each for each in code.upper() if each in rule("alphabet"))
    return salted_hmac(OF_A_CODE, plain, algorithm="sha256").hexdigest()


def new_form() -> str:
    """Give what a form carries that is opened now: random, and kept nowhere."""
    return secrets.token_urlsafe(18)


def key_of_form(form: str) -> uuid.UUID:
    """Give the key under which what a form sends is kept, the same however often it is sent."""
    digest = salted_hmac(OF_A_FORM, form, algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16], version=4)
