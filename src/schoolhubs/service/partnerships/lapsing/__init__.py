"""Proposals that nobody accepts in time: reminded of, moved to a later term, lapsed, made again."""
