"""What one school's marks show: tables with small numbers hidden, changes, where to look."""

from schoolhubs.diagnosis.finding.marked.profile import found_in
from schoolhubs.diagnosis.finding.marked.protected import least_pupils, said, told_by

__all__ = ["found_in", "least_pupils", "said", "told_by"]
