"""How partnerships stand: what the ledgers of all parts show, held against the milestones."""
