"""The diagnostic day counts by the diagnosis that was confirmed after it; a step without a row
of its own counts for nothing, so that a new step needs its branch here."""

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
        WHEN 'diagnostic_day' THEN EXISTS (
            SELECT 1 FROM diagnosis_keptdiagnosis d
            WHERE 'diagnosis:' || d.id = e.s->>'reference' AND d.urn = school
              AND d.confirmed_on <= by_on)
        ELSE false END
$$;
"""
DAY_BY_WORD = """
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


class Migration(migrations.Migration):
    """Every step of the audit is looked up where it is recorded."""

    dependencies = (("plans", "0004_audit_by_its_rows"), ("diagnosis", "0004_findings"))
    operations = (migrations.RunSQL(BY_ROWS, DAY_BY_WORD),)
