"""Whether enough answered a survey: the one question that pages and the gate of plans ask alike."""

from django.db import migrations

ENOUGH = """
CREATE FUNCTION survey_had_enough(record jsonb, needed integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_path_exists(
        record, '$.response[*] ? (@.n_answered >= $needed)', jsonb_build_object('needed', needed)
    ), false)
$$;
"""


class Migration(migrations.Migration):
    """Scores of nobody, or of too few, are kept too; they tell nothing."""

    dependencies = (("surveys", "0002_guards"),)
    operations = (migrations.RunSQL(ENOUGH, "DROP FUNCTION survey_had_enough(jsonb, integer)"),)
