"""A survey that nobody, or too few, answered is no step of the audit: it told the school nothing."""

from django.db import migrations

ENOUGH = """
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
              AND v.respondents = 'pupils' AND v.closed_on <= by_on
              AND survey_had_enough(k.record, v.least_answers))
        WHEN 'staff_survey' THEN EXISTS (
            SELECT 1 FROM surveys_survey v JOIN surveys_keptscores k ON k.survey_id = v.key
            WHERE 'survey:' || v.key = e.s->>'reference' AND v.urn = school
              AND v.respondents = 'staff' AND v.closed_on <= by_on
              AND survey_had_enough(k.record, v.least_answers))
        WHEN 'diagnostic_day' THEN EXISTS (
            SELECT 1 FROM diagnosis_keptdiagnosis d
            WHERE 'diagnosis:' || d.id = e.s->>'reference' AND d.urn = school
              AND d.confirmed_on <= by_on)
        ELSE false END
$$;
"""
ANY_SCORED = ENOUGH.replace("\n              AND survey_had_enough(k.record, v.least_answers)", "")


class Migration(migrations.Migration):
    """A survey counts where as many answered as are needed to show a figure."""

    dependencies = (("plans", "0005_day_by_its_row"), ("surveys", "0003_enough"))
    operations = (migrations.RunSQL(ENOUGH, ANY_SCORED),)
