"""Operations on support days: the ledger of a partnership, and what a lead's own system records."""
