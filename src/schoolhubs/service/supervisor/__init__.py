"""Starts everything the service is made of, in order, and stops it again, by process id.

The only place that starts PostgreSQL: settings never do. Migrations run as the database's owner,
pages and jobs as the service's own role.
"""

from schoolhubs.service.supervisor.places import LOOPBACK, Address, kept_secret
from schoolhubs.service.supervisor.running import databases, manage, run

__all__ = ["LOOPBACK", "Address", "databases", "kept_secret", "manage", "run"]
