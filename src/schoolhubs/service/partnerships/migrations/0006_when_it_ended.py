"""Partnerships that ended before their day was kept: the day on which their history says so."""

from django.db import migrations

FROM_HISTORY = """
    UPDATE partnerships_partnership p SET ended_on = (
        SELECT (min(e.pgh_created_at) AT TIME ZONE 'Europe/London')::date
        FROM partnerships_partnershipevent e WHERE e.pgh_obj_id = p.id AND e.state = 'ended'
    ), version = version + 1 WHERE p.state = 'ended' AND p.ended_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0005_ended_on")]

    operations = [migrations.RunSQL(FROM_HISTORY, migrations.RunSQL.noop)]
