"""Partnerships that ended before it was kept who ended them: by the words that were written then."""

from django.db import migrations

FROM_WORDS = """
    UPDATE partnerships_partnership SET version = version + 1, ended_side = CASE
        WHEN why_ended LIKE 'The hub stepped down.%' THEN 'lead'
        WHEN why_ended LIKE 'The programme office ended it.%' THEN 'office'
        ELSE 'partner' END
    WHERE state = 'ended' AND ended_side = '' AND (
        why_ended LIKE 'The hub stepped down.%'
        OR why_ended LIKE 'The programme office ended it.%'
        OR why_ended LIKE 'The school withdrew.%'
        OR why_ended LIKE 'The school chose a later intake.%'
    )
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0007_who_ended")]

    operations = [migrations.RunSQL(FROM_WORDS, migrations.RunSQL.noop)]
