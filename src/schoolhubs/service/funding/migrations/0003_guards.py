"""What the database itself refuses of money, continued: see the models."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Follows the tables before it."""

    dependencies = (("funding", "0002_payments"),)

    operations = [
        migrations.AddField(
            model_name="sampledpayment",
            name="payment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sampled",
                to="funding.payment",
            ),
        ),
        migrations.AddField(
            model_name="sampledpaymentevent",
            name="payment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="funding.payment",
            ),
        ),
        migrations.AddField(
            model_name="sampledpaymentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="funding.sampledpayment",
            ),
        ),
        migrations.AddConstraint(
            model_name="clawback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_pence__gt", 0), models.Q(("reason", ""), _negated=True)
                ),
                name="a_clawback_is_of_something_and_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="clawback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by", ""),
                    models.Q(("settled_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="who_agrees_a_clawback_did_not_propose_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="clawback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("settled_at__isnull", False),
                        models.Q(("settled_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settled_clawback_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="clawback",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("payee", "partnership", "period", "milestone"),
                name="one_clawback_waits_a_payee_and_milestone",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="65f54753a993da405c6100096fcb6d12008334bc",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_5b8ca",
                    table="funding_clawback",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_was_proposed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."partnership_id" IS DISTINCT FROM (NEW."partnership_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."payee" IS DISTINCT FROM (NEW."payee") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."milestone" IS DISTINCT FROM (NEW."milestone") OR OLD."amount_pence" IS DISTINCT FROM (NEW."amount_pence") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."proposed_by" IS DISTINCT FROM (NEW."proposed_by"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2cc0cbebe3e1f4ad7913a3348bbc907a4fe9df66",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_was_proposed_5a159",
                    table="funding_clawback",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_settled",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('agreed', 'refused'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b452dbf7fafa34c4a13859e41b79884de012d374",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_settled_37391",
                    table="funding_clawback",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="never_above_what_was_paid",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state = 'proposed' AND NEW.state = 'agreed')",
                    declare="DECLARE paid bigint; back bigint;",
                    func="\n                    SELECT coalesce(sum(p.gross_pence), 0) INTO paid FROM funding_payment p\n                    WHERE p.payee = NEW.payee AND p.partnership_id = NEW.partnership_id\n                        AND p.state = 'paid';\n                    SELECT coalesce(sum(c.amount_pence), 0) INTO back FROM funding_clawback c\n                    WHERE c.payee = NEW.payee AND c.partnership_id = NEW.partnership_id\n                        AND c.state = 'agreed';\n                    IF back + NEW.amount_pence > paid THEN\n                        RAISE EXCEPTION 'no more comes back than was paid'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="d9a0bb79041b400a16503289a24eb760db4087d3",
                    operation="UPDATE",
                    pgid="pgtrigger_never_above_what_was_paid_d8505",
                    table="funding_clawback",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_clawbackevent" ("amount_pence", "id", "milestone", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "settled_at", "settled_by", "settled_reason", "state", "version") VALUES (NEW."amount_pence", NEW."id", NEW."milestone", NEW."partnership_id", NEW."payee", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."proposed_by", NEW."reason", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."version"); RETURN NULL;',
                    hash="4c870caec23e9aa9bb0e3afd0882f2802e511b3f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0762e",
                    table="funding_clawback",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_clawbackevent" ("amount_pence", "id", "milestone", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "settled_at", "settled_by", "settled_reason", "state", "version") VALUES (NEW."amount_pence", NEW."id", NEW."milestone", NEW."partnership_id", NEW."payee", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."proposed_by", NEW."reason", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."version"); RETURN NULL;',
                    hash="a4e33380aba03039651faa522d79ee3234791b13",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_83e66",
                    table="funding_clawback",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawback",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_clawbackevent" ("amount_pence", "id", "milestone", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "settled_at", "settled_by", "settled_reason", "state", "version") VALUES (OLD."amount_pence", OLD."id", OLD."milestone", OLD."partnership_id", OLD."payee", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."proposed_at", OLD."proposed_by", OLD."reason", OLD."settled_at", OLD."settled_by", OLD."settled_reason", OLD."state", OLD."version"); RETURN NULL;',
                    hash="9cfca83273884f03641e5df3228eabe46b8bca25",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e546c",
                    table="funding_clawback",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clawbackevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="982ccdff17ba45f92a77046474891ba4d007cfe3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8d69f",
                    table="funding_clawbackevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                fields=("partnership", "side", "milestone"),
                name="one_declaration_a_side_and_milestone",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("declared_at__isnull", True), ("state", "started")),
                    models.Q(
                        models.Q(("state", "started"), _negated=True),
                        ("declared_at__isnull", False),
                        models.Q(("declared_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_declaration_says_who_declared_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checked_at__isnull", False),
                        ("state", "checked"),
                        models.Q(("checked_by", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "checked"), _negated=True), ("checked_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="a_checked_declaration_says_who_checked_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", ""),
                    models.Q(("checked_by", models.F("declared_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_checks_their_own_declaration",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaration",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="95e65b289147e6715242ea7a52d7a62ed86b42a3",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_ba2eb",
                    table="funding_declaration",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaration",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_declarationevent" ("backfill_pence", "begun_at", "begun_by", "checked_at", "checked_by", "declared_at", "declared_by", "declared_name", "id", "milestone", "organisation", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_pence", "returned_at", "returned_by", "returned_reason", "side", "state", "travel_pence", "version") VALUES (NEW."backfill_pence", NEW."begun_at", NEW."begun_by", NEW."checked_at", NEW."checked_by", NEW."declared_at", NEW."declared_by", NEW."declared_name", NEW."id", NEW."milestone", NEW."organisation", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."plan_pence", NEW."returned_at", NEW."returned_by", NEW."returned_reason", NEW."side", NEW."state", NEW."travel_pence", NEW."version"); RETURN NULL;',
                    hash="228caa61ef6a383fd3f741a9ded5ac989c05363a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_87b26",
                    table="funding_declaration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaration",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_declarationevent" ("backfill_pence", "begun_at", "begun_by", "checked_at", "checked_by", "declared_at", "declared_by", "declared_name", "id", "milestone", "organisation", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_pence", "returned_at", "returned_by", "returned_reason", "side", "state", "travel_pence", "version") VALUES (NEW."backfill_pence", NEW."begun_at", NEW."begun_by", NEW."checked_at", NEW."checked_by", NEW."declared_at", NEW."declared_by", NEW."declared_name", NEW."id", NEW."milestone", NEW."organisation", NEW."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."plan_pence", NEW."returned_at", NEW."returned_by", NEW."returned_reason", NEW."side", NEW."state", NEW."travel_pence", NEW."version"); RETURN NULL;',
                    hash="f995d845b468048ed1ef9a5e12a1fa0c81776f9d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e2208",
                    table="funding_declaration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaration",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_declarationevent" ("backfill_pence", "begun_at", "begun_by", "checked_at", "checked_by", "declared_at", "declared_by", "declared_name", "id", "milestone", "organisation", "partnership_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_pence", "returned_at", "returned_by", "returned_reason", "side", "state", "travel_pence", "version") VALUES (OLD."backfill_pence", OLD."begun_at", OLD."begun_by", OLD."checked_at", OLD."checked_by", OLD."declared_at", OLD."declared_by", OLD."declared_name", OLD."id", OLD."milestone", OLD."organisation", OLD."partnership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_pence", OLD."returned_at", OLD."returned_by", OLD."returned_reason", OLD."side", OLD."state", OLD."travel_pence", OLD."version"); RETURN NULL;',
                    hash="eb1d34b4e3599f5bff0b43c8969ae9d37727fff7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b48cf",
                    table="funding_declaration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declarationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8ca795ad89bafa52118c50d4fd5e378478822408",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c07b5",
                    table="funding_declarationevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredday",
            constraint=models.CheckConstraint(
                condition=models.Q(("half_days__gte", 1), ("half_days__lte", 20)),
                name="a_declared_day_is_some_half_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what", ""), _negated=True),
                    models.Q(("who", ""), _negated=True),
                    models.Q(("evidence", ""), _negated=True),
                ),
                name="a_declared_day_says_what_who_and_by_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at__isnull", True),
                    models.Q(
                        models.Q(("struck_by", ""), _negated=True),
                        models.Q(("struck_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_struck_day_says_who_and_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaredday",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_was_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."declaration_id" IS DISTINCT FROM (NEW."declaration_id") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."half_days" IS DISTINCT FROM (NEW."half_days") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."who" IS DISTINCT FROM (NEW."who") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by" IS DISTINCT FROM (NEW."added_by"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ea2090467c9058e5baa1b6a495583c3629245b95",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_was_added_a4c2f",
                    table="funding_declaredday",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaredday",
            trigger=pgtrigger.compiler.Trigger(
                name="only_while_it_is_written",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE held bigint;",
                    func="\n                    IF TG_OP = 'DELETE' THEN held := OLD.declaration_id;\n                    ELSE held := NEW.declaration_id; END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM funding_declaration d WHERE d.id = held\n                        AND d.state = 'started'\n                    ) THEN\n                        RAISE EXCEPTION 'days of a declaration stand once it is declared'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ",
                    hash="45d8c29c54520d9f7326a5eed047a59740a45259",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_only_while_it_is_written_3911f",
                    table="funding_declaredday",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaredday",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_declareddayevent" ("added_at", "added_by", "declaration_id", "evidence", "half_days", "id", "on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "struck_at", "struck_by", "struck_reason", "what", "who") VALUES (NEW."added_at", NEW."added_by", NEW."declaration_id", NEW."evidence", NEW."half_days", NEW."id", NEW."on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."struck_at", NEW."struck_by", NEW."struck_reason", NEW."what", NEW."who"); RETURN NULL;',
                    hash="36b53948abf6d84a778d1625ccb6bbc460cfbd08",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_40aa3",
                    table="funding_declaredday",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaredday",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_declareddayevent" ("added_at", "added_by", "declaration_id", "evidence", "half_days", "id", "on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "struck_at", "struck_by", "struck_reason", "what", "who") VALUES (NEW."added_at", NEW."added_by", NEW."declaration_id", NEW."evidence", NEW."half_days", NEW."id", NEW."on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."struck_at", NEW."struck_by", NEW."struck_reason", NEW."what", NEW."who"); RETURN NULL;',
                    hash="90673d0fadf5535347fad0a71d49f1f3d237a1e0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b63da",
                    table="funding_declaredday",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declaredday",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_declareddayevent" ("added_at", "added_by", "declaration_id", "evidence", "half_days", "id", "on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "struck_at", "struck_by", "struck_reason", "what", "who") VALUES (OLD."added_at", OLD."added_by", OLD."declaration_id", OLD."evidence", OLD."half_days", OLD."id", OLD."on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."struck_at", OLD."struck_by", OLD."struck_reason", OLD."what", OLD."who"); RETURN NULL;',
                    hash="c537850c88d00581de55d3c13731b2bc5e6694cc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_de73a",
                    table="funding_declaredday",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="declareddayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0979f16c20ee28a0412b01e20678ea0c7422bbac",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_53cd8",
                    table="funding_declareddayevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="keptaward",
            constraint=models.UniqueConstraint(
                fields=("payee", "partnership", "period", "milestone", "number"),
                name="one_award_a_payee_milestone_and_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptaward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", 1), models.Q(("why", ""), _negated=True), _connector="OR"
                ),
                name="a_correction_says_why",
            ),
        ),
    ]
