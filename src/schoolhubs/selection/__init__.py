"""Choosing lead schools: who meets a definition's rule, and topping a list up to a planned number.

Choosing leads by track record, with uncertainty, is a capability of its own that stands on the
targets' expectation; what is here never ranks a school.
"""

from schoolhubs.selection.top_up import TopUpRule, qualifying, top_up

__all__ = ["TopUpRule", "qualifying", "top_up"]
