"""Claims and payments: states and references, runs, confirmation, clawback and samples."""

from schoolhubs.funding.paying import states
from schoolhubs.funding.paying.claims import Moved, claim
from schoolhubs.funding.paying.clawing import claw_back
from schoolhubs.funding.paying.ledger import PaymentLedger
from schoolhubs.funding.paying.reconciling import not_paid, read_confirmation, read_run, reconcile
from schoolhubs.funding.paying.references import payment_reference
from schoolhubs.funding.paying.runs import file_digest, items_of, prepare_run, run_file
from schoolhubs.funding.paying.sampling import draw_sample

__all__ = [
    "Moved",
    "PaymentLedger",
    "claim",
    "claw_back",
    "draw_sample",
    "file_digest",
    "items_of",
    "not_paid",
    "payment_reference",
    "prepare_run",
    "read_confirmation",
    "read_run",
    "reconcile",
    "run_file",
    "states",
]
