"""The gate in the database: nothing approves a plan while a screen is open or an audit unfinished.

The service asks ``plans.approve`` first. What stands here looks again, whoever writes the row, at
all that can be told from the words of the version and from what was noted of its screens.
"""

from django.db import migrations

WORDS = """
-- What an approval covers: all but approval, reviews and that a screen was opened again.
CREATE FUNCTION plans_words(content jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT (content - 'approval' - 'reviews') || jsonb_build_object('screens', COALESCE((
        SELECT jsonb_agg(e.s - 'reopenings' ORDER BY e.n)
        FROM jsonb_array_elements(content->'screens') WITH ORDINALITY AS e(s, n)
    ), '[]'::jsonb))
$$;
CREATE FUNCTION plans_is_said(said text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(btrim(said), '') <> ''
$$;
CREATE FUNCTION plans_same_person(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(btrim(regexp_replace(COALESCE(said, ''), '\\s+', ' ', 'g')))
$$;
CREATE FUNCTION plans_any_said(list jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT 1 FROM jsonb_array_elements_text(list) AS t(said)
                   WHERE plans_is_said(t.said))
$$;
CREATE FUNCTION plans_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.seal := encode(sha256(convert_to(plans_words(NEW.content)::text, 'UTF8')), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER plans_version_is_sealed BEFORE INSERT ON plans_planversion
    FOR EACH ROW EXECUTE FUNCTION plans_seal();
"""
BACK_WORDS = """
DROP TRIGGER plans_version_is_sealed ON plans_planversion;
DROP FUNCTION plans_seal();
DROP FUNCTION plans_any_said(jsonb);
DROP FUNCTION plans_same_person(text);
DROP FUNCTION plans_is_said(text);
DROP FUNCTION plans_words(jsonb);
"""
SCREENS = """
-- Screens are noted with their version, before the plan goes on to it, and never afterwards.
CREATE FUNCTION plans_screen_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM plans_planversion v JOIN plans_plan p ON p.id = v.plan_id
        WHERE v.id = NEW.version_id AND v.number <= p.number
    ) THEN
        RAISE EXCEPTION 'screens are noted with the version they are of'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plans_screen_in_time BEFORE INSERT ON plans_actionscreen
    FOR EACH ROW EXECUTE FUNCTION plans_screen_in_time();

-- Whether one screen of a version is closed, by its row and by the words of the version.
CREATE FUNCTION plans_is_closed(v plans_planversion, action text) RETURNS boolean
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
CREATE FUNCTION plans_open(v plans_planversion) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT COALESCE(string_agg(e.a->>'action_id', ', '), '')
    FROM jsonb_array_elements(v.content->'actions') AS e(a)
    WHERE NOT plans_is_closed(v, e.a->>'action_id')
$$;
"""
BACK_SCREENS = """
DROP FUNCTION plans_open(plans_planversion);
DROP FUNCTION plans_is_closed(plans_planversion, text);
DROP TRIGGER plans_screen_in_time ON plans_actionscreen;
DROP FUNCTION plans_screen_in_time();
"""
AUDIT = """
-- What each pathway asks for before a sanction changes, from a day on: copied from the programmes'
-- definitions after every migration. The service's role reads it and cannot write it.
CREATE TABLE plans_needed (
    programme_id varchar(60) NOT NULL,
    pathway varchar(60) NOT NULL,
    from_on date NOT NULL,
    steps jsonb NOT NULL,
    PRIMARY KEY (programme_id, pathway, from_on)
);
-- Which steps were done by a day. By what the approval names.
CREATE FUNCTION plans_steps_done(school text, audit jsonb, by_on date) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
    SELECT e.s->>'step' FROM jsonb_array_elements(audit) AS e(s)
    WHERE (e.s->>'finished_on')::date <= by_on
$$;
-- What still stands between a plan that changes a sanction and its approval; blank for nothing.
CREATE FUNCTION plans_audit_missing(p plans_plan, v plans_planversion, audit jsonb, by_on date)
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
"""
BACK_AUDIT = """
DROP FUNCTION plans_audit_missing(plans_plan, plans_planversion, jsonb, date);
DROP FUNCTION plans_steps_done(text, jsonb, date);
DROP TABLE plans_needed;
"""
DOOR = """
CREATE FUNCTION plans_one_door() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE p plans_plan; v plans_planversion; missing text;
BEGIN
    SELECT * INTO p FROM plans_plan WHERE id = NEW.plan_id FOR UPDATE;
    SELECT * INTO v FROM plans_planversion WHERE id = NEW.version_id;
    IF v.plan_id IS DISTINCT FROM p.id OR v.number <> p.number OR v.digest <> NEW.digest THEN
        RAISE EXCEPTION 'what is approved is the newest version of its plan, by its digest'
            USING ERRCODE = 'check_violation';
    END IF;
    IF jsonb_array_length(v.content->'objectives') = 0 OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(v.content->'objectives') AS e(o)
        WHERE NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(v.content->'findings') AS f(found)
            WHERE f.found->>'finding_id' = e.o->>'finding_id'
              AND f.found->>'root_cause' = e.o->>'root_cause')
    ) THEN
        RAISE EXCEPTION 'an objective rests on no finding' USING ERRCODE = 'check_violation';
    END IF;
    IF plans_open(v) <> '' THEN
        RAISE EXCEPTION 'the screen is open of %', plans_open(v)
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_on < p.begun_at::date THEN
        RAISE EXCEPTION 'a plan is approved after it was begun' USING ERRCODE = 'check_violation';
    END IF;
    missing := plans_audit_missing(p, v, NEW.audit, NEW.approved_on);
    IF missing <> '' THEN
        RAISE EXCEPTION 'a sanction changes and the audit lacks: %', missing
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.seal := v.seal;
    RETURN NEW;
END $$;
CREATE TRIGGER plans_one_door BEFORE INSERT ON plans_approval
    FOR EACH ROW EXECUTE FUNCTION plans_one_door();

CREATE FUNCTION plans_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v plans_planversion;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.number < OLD.number THEN
        RAISE EXCEPTION 'a plan does not go back to an earlier version'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'approved' THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v FROM plans_planversion WHERE plan_id = NEW.id AND number = NEW.number;
    IF v.id IS NULL OR NOT EXISTS (
        SELECT 1 FROM plans_approval a WHERE a.plan_id = NEW.id AND a.seal = v.seal
    ) THEN
        RAISE EXCEPTION 'these words of the plan were not approved'
            USING ERRCODE = 'check_violation';
    END IF;
    IF plans_open(v) <> '' THEN
        RAISE EXCEPTION 'the screen is open of %', plans_open(v)
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plans_in_force BEFORE INSERT OR UPDATE ON plans_plan
    FOR EACH ROW EXECUTE FUNCTION plans_in_force();
"""
BACK_DOOR = """
DROP TRIGGER plans_in_force ON plans_plan;
DROP FUNCTION plans_in_force();
DROP TRIGGER plans_one_door ON plans_approval;
DROP FUNCTION plans_one_door();
"""


class Migration(migrations.Migration):
    """Open screens and missing audit steps keep a plan unapproved, whoever writes the row."""

    dependencies = (("plans", "0001_rules_and_history"),)
    operations = (
        migrations.RunSQL(WORDS, BACK_WORDS),
        migrations.RunSQL(SCREENS, BACK_SCREENS),
        migrations.RunSQL(AUDIT, BACK_AUDIT),
        migrations.RunSQL(DOOR, BACK_DOOR),
    )
