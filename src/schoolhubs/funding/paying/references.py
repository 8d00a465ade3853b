"""The reference of a payment, which is the same however often the payment is tried."""

import hashlib

LENGTH = 12


def payment_reference(payee_id: str, partnership_id: str, period: str, milestone: str) -> str:
    """Make the reference of what may be paid once: twelve letters and digits after ``SH``.

    Fits the 18 letters that a bank passes on, and tells nobody who is paid for what.

    >>> payment_reference("900001", "7", "2026/27", "first_year")
    'SH0D68BA121CD3'
    """
    key = "\x1f".join((payee_id, partnership_id, period, milestone))
    return f"SH{hashlib.sha256(key.encode()).hexdigest()[:LENGTH].upper()}"
