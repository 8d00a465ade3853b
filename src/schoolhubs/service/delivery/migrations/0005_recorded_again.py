"""A day that was recorded is recorded again: the move is in the table of the database too."""

from django.db import migrations

FORWARD = "INSERT INTO delivery_move VALUES ('delivered', 'delivered') ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    """One move more."""

    dependencies = (("delivery", "0004_moves"),)
    operations = (migrations.RunSQL(FORWARD, migrations.RunSQL.noop),)
