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
from schoolhubs.service.api.operations.delivering import recording
from schoolhubs.service.api.operations.diagnosing import surveys
from schoolhubs.service.api.operations.money import programmes as money_of_programmes
from schoolhubs.service.api.operations.money import schools as money_of_schools
from schoolhubs.service.api.operations.standing import tasks, training
from schoolhubs.service.api.operations.visiting import bookings, events
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
    ("Support days", recording.router),
    ("Events", events.router),
    ("Events", bookings.router),
    ("Training", training.router),
    ("Terms", tasks.router),
    ("Money", money_of_schools.router),
    ("Money", money_of_programmes.router),
)
