"""From what is known of a school to draft findings, each with its evidence."""

from schoolhubs.diagnosis.finding import marked, returned
from schoolhubs.diagnosis.finding.drafting import diagnose
from schoolhubs.diagnosis.finding.reading.inputs import Inputs, read_inputs
from schoolhubs.diagnosis.finding.rules import stored

__all__ = ["Inputs", "diagnose", "marked", "read_inputs", "returned", "stored"]
