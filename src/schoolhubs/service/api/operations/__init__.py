"""The operations of the API, a router a stage."""

from schoolhubs.service.api.operations import (
    eligibility,
    hubs,
    matches,
    programmes,
    rounds,
    schools,
    targets,
)
from schoolhubs.service.api.operations.diagnosing import surveys
from schoolhubs.service.api.operations.writing import acceptances, applications, approvals

ROUTERS = (
    ("Schools", schools.router),
    ("Eligibility", eligibility.router),
    ("Programmes", programmes.router),
    ("Hubs", hubs.router),
    ("Rounds", rounds.router),
    ("Matches", matches.router),
    ("Targets", targets.router),
    ("Surveys", surveys.router),
    ("Applications", applications.router),
    ("Acceptances", acceptances.router),
    ("Plans", approvals.router),
)
