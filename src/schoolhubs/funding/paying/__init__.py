"""Claims and payments: states and references, runs, confirmation, clawback and samples."""

from schoolhubs.funding.paying import states
from schoolhubs.funding.paying.banking.answering import read_confirmation
from schoolhubs.funding.paying.banking.handing import file_digest, read_run, run_file
from schoolhubs.funding.paying.claims import Moved, claim
from schoolhubs.funding.paying.clawing import claw_back
from schoolhubs.funding.paying.ledger import PaymentLedger
from schoolhubs.funding.paying.reconciling import reconcile
from schoolhubs.funding.paying.references import payment_reference
from schoolhubs.funding.paying.runs import items_of, prepare_run
from schoolhubs.funding.paying.sampling import draw_sample

__all__ = [
    "Moved",
    "PaymentLedger",
    "claim",
    "claw_back",
    "draw_sample",
    "file_digest",
    "items_of",
    "payment_reference",
    "prepare_run",
    "read_confirmation",
    "read_run",
    "reconcile",
    "run_file",
    "states",
]
