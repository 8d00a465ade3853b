"""What may never happen to a survey is impossible in the database too, whoever asks."""

from django.db import migrations

FIXED = (
    "key", "urn", "programme_id", "instrument_id", "instrument_version", "fingerprint",
    "respondents", "wave", "is_anonymous", "route", "is_supported", "least_answers", "groups",
    "asks_text", "pooled_with_id", "lock", "made_at", "made_by", "organisation",
)  # fmt: skip
OLD, NEW = (", ".join(f"{row}.{name}" for name in FIXED) for row in ("OLD", "NEW"))
SURVEYS = f"""
CREATE FUNCTION survey_stays_as_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a survey is never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'made' OR NEW.is_unsealed THEN
            RAISE EXCEPTION 'a survey begins as made' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF ({NEW}) IS DISTINCT FROM ({OLD}) THEN
        RAISE EXCEPTION 'what a survey is was fixed when it was made'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('made', 'open'), ('made', 'withdrawn'), ('open', 'closed'), ('closed', 'erased')
    ) THEN
        RAISE EXCEPTION 'a survey does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.is_unsealed <> OLD.is_unsealed AND (OLD.is_unsealed OR NEW.state <> 'closed') THEN
        RAISE EXCEPTION 'answers are opened once, when their survey is closed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'erased', 'withdrawn')
        AND (NEW.asked, NEW.opens_on, NEW.closes_on, NEW.safeguarding_lead)
            IS DISTINCT FROM (OLD.asked, OLD.opens_on, OLD.closes_on, OLD.safeguarding_lead)
    THEN
        RAISE EXCEPTION 'this survey is over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER survey_stays_as_made BEFORE INSERT OR UPDATE OR DELETE ON surveys_survey
    FOR EACH ROW EXECUTE FUNCTION survey_stays_as_made();
"""
# The survey's row is locked against being closed for as long as an answer to it is under way.
ANSWERS = """
CREATE FUNCTION survey_takes_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held record;
BEGIN
    SELECT state, is_unsealed, respondents, asks_text INTO held FROM surveys_survey
        WHERE key = NEW.survey_id FOR SHARE;
    IF TG_TABLE_NAME IN ('surveys_sealedanswer', 'surveys_sealedtext') THEN
        IF held.state <> 'open' THEN
            RAISE EXCEPTION 'this survey is not open' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF TG_TABLE_NAME = 'surveys_surveyanswer' THEN
        IF held.state <> 'closed' OR held.is_unsealed THEN
            RAISE EXCEPTION 'answers are opened once, when their survey is closed'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF held.is_unsealed OR NOT held.asks_text OR NOT (
        held.state = 'closed' OR (held.state = 'open' AND held.respondents = 'pupils')
    ) THEN
        RAISE EXCEPTION 'what people wrote is not opened now' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER survey_takes_answers BEFORE INSERT ON surveys_sealedanswer
    FOR EACH ROW EXECUTE FUNCTION survey_takes_answers();
CREATE TRIGGER survey_takes_answers BEFORE INSERT ON surveys_sealedtext
    FOR EACH ROW EXECUTE FUNCTION survey_takes_answers();
CREATE TRIGGER survey_takes_answers BEFORE INSERT ON surveys_surveyanswer
    FOR EACH ROW EXECUTE FUNCTION survey_takes_answers();
CREATE TRIGGER survey_takes_answers BEFORE INSERT ON surveys_surveytext
    FOR EACH ROW EXECUTE FUNCTION survey_takes_answers();
CREATE FUNCTION survey_loses_no_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held record;
BEGIN
    SELECT state, is_unsealed INTO held FROM surveys_survey WHERE key = OLD.survey_id;
    IF TG_TABLE_NAME = 'surveys_sealedanswer' AND NOT held.is_unsealed THEN
        RAISE EXCEPTION 'no answer is lost before it is opened' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_TABLE_NAME = 'surveys_surveyanswer' AND held.state <> 'erased' THEN
        RAISE EXCEPTION 'answers are erased all together' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER survey_loses_no_answer BEFORE DELETE ON surveys_sealedanswer
    FOR EACH ROW EXECUTE FUNCTION survey_loses_no_answer();
CREATE TRIGGER survey_loses_no_answer BEFORE DELETE ON surveys_surveyanswer
    FOR EACH ROW EXECUTE FUNCTION survey_loses_no_answer();
"""
BACK = """
DROP TRIGGER survey_loses_no_answer ON surveys_surveyanswer;
DROP TRIGGER survey_loses_no_answer ON surveys_sealedanswer;
DROP TRIGGER survey_takes_answers ON surveys_surveytext;
DROP TRIGGER survey_takes_answers ON surveys_surveyanswer;
DROP TRIGGER survey_takes_answers ON surveys_sealedtext;
DROP TRIGGER survey_takes_answers ON surveys_sealedanswer;
DROP TRIGGER survey_stays_as_made ON surveys_survey;
DROP FUNCTION survey_loses_no_answer();
DROP FUNCTION survey_takes_answers();
DROP FUNCTION survey_stays_as_made();
"""


class Migration(migrations.Migration):
    """Fixed for good; answered while open; opened once; never changed."""

    dependencies = (("surveys", "0001_initial"),)
    operations = (migrations.RunSQL(SURVEYS + ANSWERS, BACK),)
