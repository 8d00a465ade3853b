"""What no row of a plan may be, and the triggers that keep its history."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Follows the tables; the gate of approval follows it."""

    dependencies = (("plans", "0001_initial"),)

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "plans_planevent" ("begun_at", "begun_by", "cohort_id", "ended_at", "id", "last_review_on", "number", "organisation", "partnership_id", "pathway", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "programme_id", "setting", "state", "title", "urn", "why_ended") VALUES (NEW."begun_at", NEW."begun_by", NEW."cohort_id", NEW."ended_at", NEW."id", NEW."last_review_on", NEW."number", NEW."organisation", NEW."partnership_id", NEW."pathway", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."phase", NEW."programme_id", NEW."setting", NEW."state", NEW."title", NEW."urn", NEW."why_ended"); RETURN NULL;',
                    hash="27aa161c6e39382cb7e2f2949696af5b952b5016",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8b340",
                    table="plans_plan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "plans_planevent" ("begun_at", "begun_by", "cohort_id", "ended_at", "id", "last_review_on", "number", "organisation", "partnership_id", "pathway", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "programme_id", "setting", "state", "title", "urn", "why_ended") VALUES (NEW."begun_at", NEW."begun_by", NEW."cohort_id", NEW."ended_at", NEW."id", NEW."last_review_on", NEW."number", NEW."organisation", NEW."partnership_id", NEW."pathway", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."phase", NEW."programme_id", NEW."setting", NEW."state", NEW."title", NEW."urn", NEW."why_ended"); RETURN NULL;',
                    hash="97fc8d8c5bbd407060e5afc73e7564d8ad95f9a1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ee9c7",
                    table="plans_plan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "plans_planevent" ("begun_at", "begun_by", "cohort_id", "ended_at", "id", "last_review_on", "number", "organisation", "partnership_id", "pathway", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "programme_id", "setting", "state", "title", "urn", "why_ended") VALUES (OLD."begun_at", OLD."begun_by", OLD."cohort_id", OLD."ended_at", OLD."id", OLD."last_review_on", OLD."number", OLD."organisation", OLD."partnership_id", OLD."pathway", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phase", OLD."programme_id", OLD."setting", OLD."state", OLD."title", OLD."urn", OLD."why_ended"); RETURN NULL;',
                    hash="122923c0edf0d013a16a3896d34fef450be35142",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3e165",
                    table="plans_plan",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="a_comment_says_something"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b90de0268ac9e4bb8d5a9b09b115998f14e402bb",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_cb2fe",
                    table="plans_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cardevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="235ced4b86889f22a082376c9048a253b53e4d4a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5e65b",
                    table="plans_cardevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(
                fields=("plan", "action_id"), name="one_card_an_action"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "plans_cardevent" ("action_id", "due_on", "id", "moved_at", "moved_by", "owner", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "state", "version") VALUES (NEW."action_id", NEW."due_on", NEW."id", NEW."moved_at", NEW."moved_by", NEW."owner", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."state", NEW."version"); RETURN NULL;',
                    hash="befc120f0faedfafe9638c0b41e4db8bbb322bc1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0d156",
                    table="plans_card",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "plans_cardevent" ("action_id", "due_on", "id", "moved_at", "moved_by", "owner", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "state", "version") VALUES (NEW."action_id", NEW."due_on", NEW."id", NEW."moved_at", NEW."moved_by", NEW."owner", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."state", NEW."version"); RETURN NULL;',
                    hash="89990ef1374ab7a08c9e122e059ec651e7cd3f1c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e9e31",
                    table="plans_card",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "plans_cardevent" ("action_id", "due_on", "id", "moved_at", "moved_by", "owner", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "state", "version") VALUES (OLD."action_id", OLD."due_on", OLD."id", OLD."moved_at", OLD."moved_by", OLD."owner", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."state", OLD."version"); RETURN NULL;',
                    hash="6776ebc80111297aeffc5192e27e07bb9e109600",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b96fb",
                    table="plans_card",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b3f68a381db6a5160c734b02b91c789f663d554e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_038a7",
                    table="plans_planevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(
                fields=("plan", "number"), name="one_plan_version_a_number"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planversion",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="24074ebf6f7272017212ec7674d760c1e9c0ad80",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_07b77",
                    table="plans_planversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planversion",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7025fd4ba16650b563b58ea84f2dd87aff82c39e",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_372d2",
                    table="plans_planversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1a9bde74312a09035b004e6f134c9d92d95c57d4",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_94893",
                    table="plans_approval",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="16f5f82fbe39e51490be68ef97ee031e3f2e165e",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_9e21a",
                    table="plans_approval",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="actionscreen",
            constraint=models.UniqueConstraint(
                fields=("version", "action_id"), name="one_screen_a_version_and_action"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionscreen",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="12f3d4c4451d04f13721d74d018d23257968ad51",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_ad3a3",
                    table="plans_actionscreen",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionscreen",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="cbc73d2bb4b7d9417bd879dd105bd524564a1441",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_7be04",
                    table="plans_actionscreen",
                    when="BEFORE",
                ),
            ),
        ),
    ]
