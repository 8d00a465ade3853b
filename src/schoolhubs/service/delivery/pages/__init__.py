"""The pages of support days: the ledger and its picture, planning, recording, answering, people."""
