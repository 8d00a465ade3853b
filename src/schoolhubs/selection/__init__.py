"""Which schools might lead and how much need a school has, by a definition's stated rules.

Choosing leads by track record with its uncertainty is a capability of its own, which stands on the
targets' expectation; what is here never ranks a school.
"""

from schoolhubs.selection.need import need_points
from schoolhubs.selection.top_up import qualifying, top_up

__all__ = ["need_points", "qualifying", "top_up"]
