"""What a leadership team answers to a self-assessment: kept, restarted, finished, set side by side.

Nothing here averages. Where people differ, the difference is what the team has to talk about.
"""

from schoolhubs.diagnosis.answers.comparing import (
    differences,
    from_frame,
    profile,
    profiles,
    to_frame,
)
from schoolhubs.diagnosis.answers.keeping import begin, changes, finish, put, put_many, restart

__all__ = [
    "begin",
    "changes",
    "differences",
    "finish",
    "from_frame",
    "profile",
    "profiles",
    "put",
    "put_many",
    "restart",
    "to_frame",
]
