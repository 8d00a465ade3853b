"""A step of the audit counts by the row it names, not by an approval's word for it."""

from django.db import migrations

BY_ROWS = """
CREATE OR REPLACE FUNCTION plans_steps_done(school text, audit jsonb, by_on date)
RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT e.s->>'step' FROM jsonb_array_elements(audit) AS e(s)
    WHERE (e.s->>'finished_on')::date <= by_on
      AND CASE e.s->>'step'
        WHEN 'self_assessment' THEN EXISTS (
            SELECT 1 FROM diagnosis_selfassessment d
            WHERE 'self-assessment:' || d.id = e.s->>'reference' AND d.urn = school
              AND d.state = 'finished' AND d.finished_on <= by_on)
        WHEN 'pupil_survey' THEN EXISTS (
            SELECT 1 FROM surveys_survey v JOIN surveys_keptscores k ON k.survey_id = v.key
            WHERE 'survey:' || v.key = e.s->>'reference' AND v.urn = school
              AND v.respondents = 'pupils' AND v.closed_on <= by_on)
        WHEN 'staff_survey' THEN EXISTS (
            SELECT 1 FROM surveys_survey v JOIN surveys_keptscores k ON k.survey_id = v.key
            WHERE 'survey:' || v.key = e.s->>'reference' AND v.urn = school
              AND v.respondents = 'staff' AND v.closed_on <= by_on)
        ELSE true END
$$;
"""
BY_WORD = """
CREATE OR REPLACE FUNCTION plans_steps_done(school text, audit jsonb, by_on date)
RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT e.s->>'step' FROM jsonb_array_elements(audit) AS e(s)
    WHERE (e.s->>'finished_on')::date <= by_on
$$;
"""


class Migration(migrations.Migration):
    """Surveys and self-assessment are looked up where they are recorded."""

    dependencies = (
        ("plans", "0003_reviews_and_returns"),
        ("surveys", "0002_guards"),
        ("diagnosis", "0001_initial"),
    )
    operations = (migrations.RunSQL(BY_ROWS, BY_WORD),)
