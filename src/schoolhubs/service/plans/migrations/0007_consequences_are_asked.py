"""The gate asks of every action whether it brings a consequence, and does not take a word for it.

A plan is approved only if each action's screen answers; a yes, or a sanction by its kind, waits for
the audit whatever the service noted of it. What else an approval rests on is looked at too: that
adjustments answered with are recorded, that people were asked, that no objective is without action.
Plans that were approved before stay so until a screen of theirs is noted anew.
"""

from django.db import migrations, models

CLOSED = """
CREATE FUNCTION plans_is_answered(s jsonb, question text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM jsonb_array_elements(s->'answers') AS g(given)
        WHERE g.given->>'question' = question AND (
            question = 'consequence' AND g.given->>'answer' IN ('some', 'none')
            OR question <> 'consequence' AND plans_is_said(g.given->>'reason') AND (
                g.given->>'answer' = 'no_disadvantage'
                OR g.given->>'answer' = 'justified' AND plans_any_said(s->'evidence')
                OR g.given->>'answer' = 'adjusted' AND EXISTS (
                    SELECT 1 FROM jsonb_array_elements(s->'adjustments') AS a(made)
                    WHERE plans_is_said(a.made->>'what')))))
$$;
CREATE OR REPLACE FUNCTION plans_is_closed(v plans_planversion, action text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM plans_actionscreen r, jsonb_array_elements(v.content->'screens') AS e(s)
        WHERE r.version_id = v.id AND r.action_id = action AND e.s->>'action_id' = action
          AND r.open_because = '[]'::jsonb AND r.stops = '[]'::jsonb
          AND r.screened_version = r.action_version
          AND e.s->>'screened_version' = r.action_version
          AND plans_any_said(e.s->'evidence') AND plans_any_said(e.s->'consulted')
          AND plans_is_said(e.s->>'reviewer') AND e.s->>'reviewed_on' IS NOT NULL
          AND plans_is_said(r.reviewed_by)
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements_text(v.content->'authors') AS a(name)
              WHERE plans_same_person(a.name) = plans_same_person(e.s->>'reviewer'))
          AND NOT EXISTS (
              SELECT 1 FROM plans_planversion w
              WHERE w.plan_id = v.plan_id AND w.kind = 'edit' AND w.made_by = r.reviewed_by)
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements(e.s->'reopenings') AS o(re)
              WHERE (o.re->>'reopened_on') >= (e.s->>'reviewed_on'))
          AND jsonb_array_length(r.asked) > 0
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements_text(r.asked) AS q(name)
              WHERE NOT plans_is_answered(e.s, q.name))
    )
$$;
"""
BACK_CLOSED = """
CREATE OR REPLACE FUNCTION plans_is_closed(v plans_planversion, action text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM plans_actionscreen r, jsonb_array_elements(v.content->'screens') AS e(s)
        WHERE r.version_id = v.id AND r.action_id = action AND e.s->>'action_id' = action
          AND r.open_because = '[]'::jsonb AND r.stops = '[]'::jsonb
          AND r.screened_version = r.action_version
          AND e.s->>'screened_version' = r.action_version
          AND plans_any_said(e.s->'evidence') AND plans_any_said(e.s->'consulted')
          AND plans_is_said(e.s->>'reviewer') AND e.s->>'reviewed_on' IS NOT NULL
          AND plans_is_said(r.reviewed_by)
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements_text(v.content->'authors') AS a(name)
              WHERE plans_same_person(a.name) = plans_same_person(e.s->>'reviewer'))
          AND NOT EXISTS (
              SELECT 1 FROM plans_planversion w
              WHERE w.plan_id = v.plan_id AND w.kind = 'edit' AND w.made_by = r.reviewed_by)
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements(e.s->'reopenings') AS o(re)
              WHERE (o.re->>'reopened_on') >= (e.s->>'reviewed_on'))
          AND jsonb_array_length(r.asked) > 0
          AND NOT EXISTS (
              SELECT 1 FROM jsonb_array_elements_text(r.asked) AS q(name)
              WHERE NOT EXISTS (
                  SELECT 1 FROM jsonb_array_elements(e.s->'answers') AS g(given)
                  WHERE g.given->>'question' = q.name
                    AND g.given->>'answer' IN ('no_disadvantage', 'adjusted', 'justified')
                    AND plans_is_said(g.given->>'reason')))
    )
$$;
DROP FUNCTION plans_is_answered(jsonb, text);
"""
ASKED = """
-- Whether a screen answers a question so, with a reason where one is asked for.
CREATE FUNCTION plans_says(s jsonb, question text, answer text, with_reason boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM jsonb_array_elements(s->'answers') AS g(given)
        WHERE g.given->>'question' = question AND g.given->>'answer' = answer
          AND (NOT with_reason OR plans_is_said(g.given->>'reason')))
$$;
-- Actions of which it is not said whether they bring a consequence, or is said against their kind
-- or, without the reviewer's reason, against their words.
CREATE FUNCTION plans_unsaid(v plans_planversion) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT COALESCE(string_agg(e.a->>'action_id', ', '), '')
    FROM jsonb_array_elements(v.content->'actions') AS e(a)
    WHERE NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(v.content->'screens') AS f(s)
        WHERE f.s->>'action_id' = e.a->>'action_id' AND (
            plans_says(f.s, 'consequence', 'some', false)
            OR plans_says(f.s, 'consequence', 'none', false) AND e.a->>'kind' <> 'sanction' AND (
                plans_says(f.s, 'consequence', 'none', true)
                  AND plans_says(f.s, 'consequence_confirmed', 'none', true)
                OR EXISTS (
                    SELECT 1 FROM plans_actionscreen r
                    WHERE r.version_id = v.id AND r.action_id = e.a->>'action_id'
                      AND NOT r.reads_as_sanction))))
$$;
-- Whether a version changes a sanction: by its own words, and by what was noted of it.
CREATE FUNCTION plans_changes_sanction(v plans_planversion) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM plans_actionscreen r
                   WHERE r.version_id = v.id AND r.changes_sanction)
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(v.content->'actions') AS e(a)
                   WHERE e.a->>'kind' = 'sanction')
        OR EXISTS (SELECT 1 FROM jsonb_array_elements(v.content->'screens') AS f(s)
                   WHERE plans_says(f.s, 'consequence', 'some', false))
$$;
-- Programme and pathway of a plan: as its words have it, and of each partnership that both schools
-- of it accepted and that is not over. All of them count.
CREATE FUNCTION plans_pathways(p plans_plan, v plans_planversion, by_on date)
RETURNS TABLE (programme text, pathway text) LANGUAGE sql STABLE AS $$
    SELECT v.content->>'programme_id', v.content->>'pathway'
    UNION
    SELECT m.programme_id, m.pathway FROM partnerships_partnership m
    WHERE m.partner_urn = p.urn AND m.partner_trust_id = '' AND m.state IN ('agreed', 'running')
      AND m.finishes_on > by_on
$$;
CREATE OR REPLACE FUNCTION plans_audit_missing(
    p plans_plan, v plans_planversion, audit jsonb, by_on date)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE here record; needed jsonb; missing text;
BEGIN
    IF NOT plans_changes_sanction(v) THEN
        RETURN '';
    END IF;
    FOR here IN SELECT * FROM plans_pathways(p, v, by_on) LOOP
        SELECT n.steps INTO needed FROM plans_needed n
        WHERE n.programme_id = here.programme AND n.pathway = here.pathway AND n.from_on <= by_on
        ORDER BY n.from_on DESC LIMIT 1;
        IF needed IS NULL THEN
            RETURN 'the programme does not say what comes first';
        END IF;
        SELECT string_agg(s.step, ', ') INTO missing
        FROM jsonb_array_elements_text(needed) AS s(step)
        WHERE s.step NOT IN (SELECT plans_steps_done(p.urn, audit, by_on));
        IF missing IS NOT NULL THEN
            RETURN missing;
        END IF;
    END LOOP;
    RETURN '';
END $$;
-- Who must have been asked about a plan and, as it says, was not.
CREATE FUNCTION plans_not_consulted(v plans_planversion) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT COALESCE(string_agg(w.who, ', ' ORDER BY w.who DESC), '')
    FROM (VALUES ('pupils_with_send'), ('parents')) AS w(who)
    WHERE NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(v.content->'consultations') AS e(c)
        WHERE e.c->>'consulted' = w.who AND plans_is_said(e.c->>'how')
          AND e.c->>'held_on' IS NOT NULL AND plans_is_said(e.c->>'said')
          AND plans_is_said(e.c->>'changed'))
$$;
CREATE FUNCTION plans_door_asks_more() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v plans_planversion;
BEGIN
    SELECT * INTO v FROM plans_planversion WHERE id = NEW.version_id;
    IF plans_unsaid(v) <> '' THEN
        RAISE EXCEPTION 'it is not said whether a consequence changes by %', plans_unsaid(v)
            USING ERRCODE = 'check_violation';
    END IF;
    IF plans_not_consulted(v) <> '' THEN
        RAISE EXCEPTION 'not consulted: %', plans_not_consulted(v)
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM jsonb_array_elements(v.content->'objectives') AS e(o)
        WHERE NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(v.content->'actions') AS f(a)
            WHERE f.a->>'objective_id' = e.o->>'objective_id')
    ) THEN
        RAISE EXCEPTION 'an objective has no action' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- Triggers go by name: this one after plans_one_door, whose refusals are the plainer ones.
CREATE TRIGGER plans_one_door_asks_more BEFORE INSERT ON plans_approval
    FOR EACH ROW EXECUTE FUNCTION plans_door_asks_more();
"""
BACK_ASKED = """
DROP TRIGGER plans_one_door_asks_more ON plans_approval;
DROP FUNCTION plans_door_asks_more();
DROP FUNCTION plans_not_consulted(plans_planversion);
CREATE OR REPLACE FUNCTION plans_audit_missing(
    p plans_plan, v plans_planversion, audit jsonb, by_on date)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE needed jsonb; missing text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM plans_actionscreen r
                   WHERE r.version_id = v.id AND r.changes_sanction) THEN
        RETURN '';
    END IF;
    SELECT n.steps INTO needed FROM plans_needed n
    WHERE n.programme_id = v.content->>'programme_id' AND n.pathway = v.content->>'pathway'
      AND n.from_on <= by_on
    ORDER BY n.from_on DESC LIMIT 1;
    IF needed IS NULL THEN
        RETURN 'the programme does not say what comes first';
    END IF;
    SELECT string_agg(s.step, ', ') INTO missing FROM jsonb_array_elements_text(needed) AS s(step)
    WHERE s.step NOT IN (SELECT plans_steps_done(p.urn, audit, by_on));
    RETURN COALESCE(missing, '');
END $$;
DROP FUNCTION plans_pathways(plans_plan, plans_planversion, date);
DROP FUNCTION plans_changes_sanction(plans_planversion);
DROP FUNCTION plans_unsaid(plans_planversion);
DROP FUNCTION plans_says(jsonb, text, text, boolean);
"""


class Migration(migrations.Migration):
    """Consequences, people asked, adjustments and actions are looked at in the database too."""

    dependencies = (
        ("plans", "0006_surveys_enough_answered"),
        ("partnerships", "0003_history"),
    )
    operations = (
        migrations.AddField(
            model_name="actionscreen",
            name="reads_as_sanction",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(CLOSED, BACK_CLOSED),
        migrations.RunSQL(ASKED, BACK_ASKED),
    )
