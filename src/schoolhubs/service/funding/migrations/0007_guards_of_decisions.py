"""What the database itself refuses of decisions about money."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0006_settled_by_hand"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("proposed_by", ""), _negated=True),
                ),
                name="a_money_decision_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "settled"), _negated=True),
                    models.Q(
                        ("amount_pence__isnull", False),
                        ("payment__isnull", False),
                        models.Q(("amount_pence", 0), ("on__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="a_payment_settled_by_hand_says_what_arrived_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "repaid"), _negated=True),
                    models.Q(
                        ("amount_pence__gt", 0),
                        ("clawback__isnull", False),
                        ("on__isnull", False),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="money_that_came_back_says_how_much_when_and_by_which_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "successor"), _negated=True),
                    models.Q(
                        models.Q(("payee", ""), _negated=True),
                        models.Q(("successor", ""), _negated=True),
                        models.Q(("payee", models.F("successor")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_successor_is_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by", ""),
                    models.Q(("settled_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="who_agrees_a_money_decision_did_not_propose_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
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
                name="a_money_decision_that_is_settled_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("payment",),
                name="one_money_decision_waits_a_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind", "repaid"), models.Q(("state", "refused"), _negated=True)
                ),
                fields=("reference",),
                name="one_repayment_a_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneydecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "successor"), ("state", "proposed")),
                fields=("programme_id", "payee"),
                name="one_successor_waits_a_payee",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="dfe02f6e9ce56e598d76e14ddfe5f40fc8d12fdd",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_1a01b",
                    table="funding_moneydecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_was_proposed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."payment_id" IS DISTINCT FROM (NEW."payment_id") OR OLD."clawback_id" IS DISTINCT FROM (NEW."clawback_id") OR OLD."payee" IS DISTINCT FROM (NEW."payee") OR OLD."successor" IS DISTINCT FROM (NEW."successor") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."amount_pence" IS DISTINCT FROM (NEW."amount_pence") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."proposed_by" IS DISTINCT FROM (NEW."proposed_by"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1c7e2e7f7297738e18c8e1e77630af042323dcf2",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_was_proposed_9825b",
                    table="funding_moneydecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_settled",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('agreed', 'refused'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ffd45150fea1c2bb7241aae5e048a0b28c9025b9",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_settled_db0f6",
                    table="funding_moneydecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_moneydecisionevent" ("amount_pence", "clawback_id", "id", "kind", "on", "payee", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "reference", "settled_at", "settled_by", "settled_reason", "state", "successor", "version") VALUES (NEW."amount_pence", NEW."clawback_id", NEW."id", NEW."kind", NEW."on", NEW."payee", NEW."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."proposed_by", NEW."reason", NEW."reference", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."successor", NEW."version"); RETURN NULL;',
                    hash="a2db1826f683d290d30110a219365fb56ca6b212",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66a0f",
                    table="funding_moneydecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_moneydecisionevent" ("amount_pence", "clawback_id", "id", "kind", "on", "payee", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "reference", "settled_at", "settled_by", "settled_reason", "state", "successor", "version") VALUES (NEW."amount_pence", NEW."clawback_id", NEW."id", NEW."kind", NEW."on", NEW."payee", NEW."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."proposed_by", NEW."reason", NEW."reference", NEW."settled_at", NEW."settled_by", NEW."settled_reason", NEW."state", NEW."successor", NEW."version"); RETURN NULL;',
                    hash="e37d923f849c9604b9b13619ea067a781ab77e91",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_63b6b",
                    table="funding_moneydecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecision",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_moneydecisionevent" ("amount_pence", "clawback_id", "id", "kind", "on", "payee", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "proposed_by", "reason", "reference", "settled_at", "settled_by", "settled_reason", "state", "successor", "version") VALUES (OLD."amount_pence", OLD."clawback_id", OLD."id", OLD."kind", OLD."on", OLD."payee", OLD."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."proposed_at", OLD."proposed_by", OLD."reason", OLD."reference", OLD."settled_at", OLD."settled_by", OLD."settled_reason", OLD."state", OLD."successor", OLD."version"); RETURN NULL;',
                    hash="ee9cf22d76d071cc33e26a1bde7dd82f712c484a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_16d9b",
                    table="funding_moneydecision",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="moneydecisionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fed1dab84409c184926addfed918aa27d4918e8f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_90c75",
                    table="funding_moneydecisionevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
