"""The service's role may add rows to the audit log and read them, and nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is written once: % is refused', TG_OP;
END $$;
CREATE TRIGGER audit_is_written_once BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_is_written_once();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_written_once();
DO $$
DECLARE grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT g.grantee::text FROM information_schema.role_table_grants g
        WHERE g.table_name = 'audit_auditentry' AND g.grantee <> g.grantor
    LOOP
        EXECUTE format(
            'REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditentry FROM %I', grantee
        );
    END LOOP;
END $$;
"""
BACK = """
DROP TRIGGER audit_is_never_emptied ON audit_auditentry;
DROP TRIGGER audit_is_written_once ON audit_auditentry;
DROP FUNCTION audit_is_written_once();
"""


class Migration(migrations.Migration):
    """Take the right to change or delete, and refuse it by trigger too."""

    dependencies = (("audit", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACK),)
