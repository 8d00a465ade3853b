"""What may never happen to training is impossible in the database too."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("training", "0002_history")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="trainingsession",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d644a5a079dbdac70607839ef3e938881a0cdcbf",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_c6f14",
                    table="training_trainingsession",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainingsession",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_trainingsessionevent" ("ends_at", "id", "is_online", "lead_urn", "made_at", "made_by", "module", "n_places", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_at", "state", "version", "where", "why_cancelled") VALUES (NEW."ends_at", NEW."id", NEW."is_online", NEW."lead_urn", NEW."made_at", NEW."made_by", NEW."module", NEW."n_places", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."starts_at", NEW."state", NEW."version", NEW."where", NEW."why_cancelled"); RETURN NULL;',
                    hash="9a3c9844ba6a1eabfaa9653f1e0139753676b8f5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ae0e1",
                    table="training_trainingsession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainingsession",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_trainingsessionevent" ("ends_at", "id", "is_online", "lead_urn", "made_at", "made_by", "module", "n_places", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_at", "state", "version", "where", "why_cancelled") VALUES (NEW."ends_at", NEW."id", NEW."is_online", NEW."lead_urn", NEW."made_at", NEW."made_by", NEW."module", NEW."n_places", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."starts_at", NEW."state", NEW."version", NEW."where", NEW."why_cancelled"); RETURN NULL;',
                    hash="4c724b7f661aaf121557f56c24401f7a8a1e98b2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_27a7f",
                    table="training_trainingsession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainingsession",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_trainingsessionevent" ("ends_at", "id", "is_online", "lead_urn", "made_at", "made_by", "module", "n_places", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_at", "state", "version", "where", "why_cancelled") VALUES (OLD."ends_at", OLD."id", OLD."is_online", OLD."lead_urn", OLD."made_at", OLD."made_by", OLD."module", OLD."n_places", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."starts_at", OLD."state", OLD."version", OLD."where", OLD."why_cancelled"); RETURN NULL;',
                    hash="b9d62d8bfbea83d7a5b61851a078557a6d314735",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_44799",
                    table="training_trainingsession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resourceuse",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_resourceuseevent" ("id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "resource_id", "root_cause", "urn", "used_on", "version") VALUES (NEW."id", NEW."made_at", NEW."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."resource_id", NEW."root_cause", NEW."urn", NEW."used_on", NEW."version"); RETURN NULL;',
                    hash="d13be7e3cc848be21fe6a29a85b63afd1ab4c0f2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1c66e",
                    table="training_resourceuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resourceuse",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_resourceuseevent" ("id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "resource_id", "root_cause", "urn", "used_on", "version") VALUES (NEW."id", NEW."made_at", NEW."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."resource_id", NEW."root_cause", NEW."urn", NEW."used_on", NEW."version"); RETURN NULL;',
                    hash="3f1422cea861f4dc1f2ed84f89431f767318fbaa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2d1b7",
                    table="training_resourceuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resourceuse",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_resourceuseevent" ("id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "resource_id", "root_cause", "urn", "used_on", "version") VALUES (OLD."id", OLD."made_at", OLD."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."resource_id", OLD."root_cause", OLD."urn", OLD."used_on", OLD."version"); RETURN NULL;',
                    hash="691e2d2352a459493d9b5eef386b3c1a7be7d0e3",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_00fcb",
                    table="training_resourceuse",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resourceuseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9b3a7386ca7f2c6415fb97126eb29f8dc3561f37",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_07625",
                    table="training_resourceuseevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schoolleader",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="062ede63a30c5e34148124b53d278877d90e82dc",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_4f10f",
                    table="training_schoolleader",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schoolleader",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_schoolleaderevent" ("duties", "id", "left_on", "made_at", "made_by", "named_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "succeeds_id", "urn", "version") VALUES (NEW."duties", NEW."id", NEW."left_on", NEW."made_at", NEW."made_by", NEW."named_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."post", NEW."succeeds_id", NEW."urn", NEW."version"); RETURN NULL;',
                    hash="a15acc110a5b67e5f1d02e03e459585abd86e4c6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7706b",
                    table="training_schoolleader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schoolleader",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."duties" IS DISTINCT FROM (NEW."duties") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by" IS DISTINCT FROM (NEW."made_by") OR OLD."named_on" IS DISTINCT FROM (NEW."named_on") OR OLD."post" IS DISTINCT FROM (NEW."post") OR OLD."succeeds_id" IS DISTINCT FROM (NEW."succeeds_id") OR OLD."urn" IS DISTINCT FROM (NEW."urn") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "training_schoolleaderevent" ("duties", "id", "left_on", "made_at", "made_by", "named_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "succeeds_id", "urn", "version") VALUES (NEW."duties", NEW."id", NEW."left_on", NEW."made_at", NEW."made_by", NEW."named_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."post", NEW."succeeds_id", NEW."urn", NEW."version"); RETURN NULL;',
                    hash="a10e2cd963835e7213abb95a33b5f59bdfc34a1d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0b0df",
                    table="training_schoolleader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schoolleader",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_schoolleaderevent" ("duties", "id", "left_on", "made_at", "made_by", "named_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "succeeds_id", "urn", "version") VALUES (OLD."duties", OLD."id", OLD."left_on", OLD."made_at", OLD."made_by", OLD."named_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."post", OLD."succeeds_id", OLD."urn", OLD."version"); RETURN NULL;',
                    hash="d94ca934de6f47aa9face63da30090758be075b0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2c46a",
                    table="training_schoolleader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schoolleaderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5b335475711e99a58a9faa28294b6bfe8fa49b4e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7bb2f",
                    table="training_schoolleaderevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signupevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a973543f46860e67a3b431f92f6081229be45a59",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_73a39",
                    table="training_signupevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signup",
            trigger=pgtrigger.compiler.Trigger(
                name="within_the_places",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.is_live AND EXISTS (\n                        SELECT 1 FROM training_trainingsession s\n                        WHERE s.id = NEW.session_id AND NEW.seat > s.n_places\n                    ) THEN\n                        RAISE EXCEPTION 'a session has no more seats than places'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="6b7e484ac5008b8aa9fc279748d79486fc5530f3",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_within_the_places_dbab9",
                    table="training_signup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signup",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_signupevent" ("came", "id", "is_live", "leader_id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat", "session_id") VALUES (NEW."came", NEW."id", NEW."is_live", NEW."leader_id", NEW."made_at", NEW."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."seat", NEW."session_id"); RETURN NULL;',
                    hash="00b79cbdeea875d77c0acd6e43a3712d7e76a1a2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb11c",
                    table="training_signup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signup",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_signupevent" ("came", "id", "is_live", "leader_id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat", "session_id") VALUES (NEW."came", NEW."id", NEW."is_live", NEW."leader_id", NEW."made_at", NEW."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."seat", NEW."session_id"); RETURN NULL;',
                    hash="d76f326ac74df49428c7cf0f3274599293aa8035",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_240d1",
                    table="training_signup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signup",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_signupevent" ("came", "id", "is_live", "leader_id", "made_at", "made_by", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat", "session_id") VALUES (OLD."came", OLD."id", OLD."is_live", OLD."leader_id", OLD."made_at", OLD."made_by", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."seat", OLD."session_id"); RETURN NULL;',
                    hash="3df5b532e35ad467956ddbed549b3ed6569d71a1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_97514",
                    table="training_signup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="029db4e10d72a734c94673d74bbd4e23a8ed1412",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d2c5a",
                    table="training_modulecompletionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="eb165e7f1eca4daee78b3f95f69b8eca1ad8c1b0",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_517ae",
                    table="training_modulecompletion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_whose_it_is",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."leader_id" IS DISTINCT FROM (NEW."leader_id") OR OLD."partnership_id" IS DISTINCT FROM (NEW."partnership_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."module" IS DISTINCT FROM (NEW."module") OR OLD."half_days" IS DISTINCT FROM (NEW."half_days") OR OLD."completed_on" IS DISTINCT FROM (NEW."completed_on") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="827c29e7172bfba3019c6ff9598d4910ab21e412",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_whose_it_is_845c7",
                    table="training_modulecompletion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_settled",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('confirmed', 'refused'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b4652b25681c814a58877abdfdc725c2024ff830",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_settled_cfb7f",
                    table="training_modulecompletion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_modulecompletionevent" ("completed_on", "definition_version", "half_days", "id", "leader_id", "made_at", "made_by", "module", "number", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "session_id", "settled_at", "settled_by", "settled_reason", "state", "title", "version") VALUES (NEW."completed_on", NEW."definition_version", NEW."half_days", NEW."id", NEW."leader_id", NEW."made_at", NEW."made_by", NEW."module", NEW."number", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."session_id", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="db978fa24088a6ca66f4f7232430631e024a62da",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_befcb",
                    table="training_modulecompletion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "training_modulecompletionevent" ("completed_on", "definition_version", "half_days", "id", "leader_id", "made_at", "made_by", "module", "number", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "session_id", "settled_at", "settled_by", "settled_reason", "state", "title", "version") VALUES (NEW."completed_on", NEW."definition_version", NEW."half_days", NEW."id", NEW."leader_id", NEW."made_at", NEW."made_by", NEW."module", NEW."number", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."session_id", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="a50ef9c4af57c6feb9af2e56f1f164b0fcc5b22f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e8ccc",
                    table="training_modulecompletion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="modulecompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "training_modulecompletionevent" ("completed_on", "definition_version", "half_days", "id", "leader_id", "made_at", "made_by", "module", "number", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "session_id", "settled_at", "settled_by", "settled_reason", "state", "title", "version") VALUES (OLD."completed_on", OLD."definition_version", OLD."half_days", OLD."id", OLD."leader_id", OLD."made_at", OLD."made_by", OLD."module", OLD."number", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."session_id", OLD."settled_at", OLD."settled_by", OLD."settled_reason", OLD."state", OLD."title", OLD."version"); RETURN NULL;',
                    hash="1530f8ce9d201c28d99ed7680bfc61f6989051cc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d6425",
                    table="training_modulecompletion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainingsessionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c4b458e4a105961d401e5b3103448e6e59c906da",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fba80",
                    table="training_trainingsessionevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
