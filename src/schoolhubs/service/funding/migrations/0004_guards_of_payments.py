"""What the database itself refuses of money, continued: see the models."""

import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Follows the tables before it."""

    dependencies = (("funding", "0003_guards"),)

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="keptaward",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="aaa0a286b322b7a1bf34ca7ce7ddba793b429af3",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_8a2a7",
                    table="funding_keptaward",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keptaward",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e1113ed5900d87fdeb5f115b02e15dec317f6fc3",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_cd036",
                    table="funding_keptaward",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7b7d821ad820e9507e2ae59c237b4c1cbbbb3036",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e8924",
                    table="funding_paymentevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("in_run", "paid"))),
                fields=("payee", "partnership", "period", "milestone"),
                name="one_payment_a_payee_period_and_milestone",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gross_pence__gt", 0),
                    (
                        "gross_pence",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_pence"), "+", models.F("taken_pence")
                        ),
                    ),
                ),
                name="a_payment_is_what_is_due_less_what_is_taken",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_on__isnull", False), ("state", "paid")),
                    models.Q(models.Q(("state", "paid"), _negated=True), ("paid_on__isnull", True)),
                    _connector="OR",
                ),
                name="a_paid_payment_says_when",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="f80eba9dedde1cf13809107dee552d1bb36b00d0",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_1b4db",
                    table="funding_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_is_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."run_id" IS DISTINCT FROM (NEW."run_id") OR OLD."award_id" IS DISTINCT FROM (NEW."award_id") OR OLD."partnership_id" IS DISTINCT FROM (NEW."partnership_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."payee" IS DISTINCT FROM (NEW."payee") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."milestone" IS DISTINCT FROM (NEW."milestone") OR OLD."gross_pence" IS DISTINCT FROM (NEW."gross_pence") OR OLD."taken_pence" IS DISTINCT FROM (NEW."taken_pence") OR OLD."amount_pence" IS DISTINCT FROM (NEW."amount_pence") OR OLD."reference" IS DISTINCT FROM (NEW."reference"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="eb6da889e00ec4744c9a2a4dc9cfff8e9937fa5f",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_is_sent_ba719",
                    table="funding_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_it_ended",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('paid', 'not_paid', 'taken_out'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="27d864ddcf26bb970e791dea692b21ea582e0bee",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_it_ended_a03ca",
                    table="funding_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="never_above_the_awards",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE due bigint; sent bigint; back bigint;",
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM funding_paymentrun r WHERE r.id = NEW.run_id\n                        AND r.state = 'prepared' AND r.programme_id = NEW.programme_id\n                    ) THEN\n                        RAISE EXCEPTION 'payments join a run while it is prepared'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NOT EXISTS (\n                        SELECT 1 FROM funding_keptaward a WHERE a.id = NEW.award_id\n                        AND a.payee = NEW.payee AND a.partnership_id = NEW.partnership_id\n                        AND a.period = NEW.period\n                        AND a.milestone = split_part(NEW.milestone, '.', 1)\n                        AND NEW.gross_pence <= a.amount_pence\n                    ) THEN\n                        RAISE EXCEPTION 'a payment is of an award'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    SELECT coalesce(sum(a.amount_pence), 0) INTO due FROM funding_keptaward a\n                    WHERE a.payee = NEW.payee AND a.partnership_id = NEW.partnership_id\n                        AND NOT EXISTS (\n                            SELECT 1 FROM funding_keptaward later\n                            WHERE later.payee = a.payee AND later.period = a.period\n                            AND later.milestone = a.milestone\n                            AND later.partnership_id = a.partnership_id\n                            AND later.number > a.number\n                        );\n                    SELECT coalesce(sum(p.gross_pence), 0) INTO sent FROM funding_payment p\n                    WHERE p.payee = NEW.payee AND p.partnership_id = NEW.partnership_id\n                        AND p.state IN ('in_run', 'paid');\n                    SELECT coalesce(sum(c.amount_pence), 0) INTO back FROM funding_clawback c\n                    WHERE c.payee = NEW.payee AND c.partnership_id = NEW.partnership_id\n                        AND c.state = 'agreed';\n                    IF sent - back + NEW.gross_pence > due THEN\n                        RAISE EXCEPTION 'payments never come to more than the awards'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="df91ee81c5bcbfd8d392c5386a2311a2b8fdf7fd",
                    operation="INSERT",
                    pgid="pgtrigger_never_above_the_awards_4e5f9",
                    table="funding_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_paymentevent" ("amount_pence", "award_id", "fault", "gross_pence", "id", "milestone", "paid_on", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "reference", "run_id", "state", "taken_pence") VALUES (NEW."amount_pence", NEW."award_id", NEW."fault", NEW."gross_pence", NEW."id", NEW."milestone", NEW."paid_on", NEW."partnership_id", NEW."payee", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."reference", NEW."run_id", NEW."state", NEW."taken_pence"); RETURN NULL;',
                    hash="f26d730c444b59d6cd6e27ad3dda33c1e92cdbb5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_deffb",
                    table="funding_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_paymentevent" ("amount_pence", "award_id", "fault", "gross_pence", "id", "milestone", "paid_on", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "reference", "run_id", "state", "taken_pence") VALUES (NEW."amount_pence", NEW."award_id", NEW."fault", NEW."gross_pence", NEW."id", NEW."milestone", NEW."paid_on", NEW."partnership_id", NEW."payee", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."reference", NEW."run_id", NEW."state", NEW."taken_pence"); RETURN NULL;',
                    hash="6e4bf795601ca1d6dcbce65d7468309de65d5164",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1b4ef",
                    table="funding_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_paymentevent" ("amount_pence", "award_id", "fault", "gross_pence", "id", "milestone", "paid_on", "partnership_id", "payee", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "reference", "run_id", "state", "taken_pence") VALUES (OLD."amount_pence", OLD."award_id", OLD."fault", OLD."gross_pence", OLD."id", OLD."milestone", OLD."paid_on", OLD."partnership_id", OLD."payee", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."reference", OLD."run_id", OLD."state", OLD."taken_pence"); RETURN NULL;',
                    hash="87dd525554bb09a258e298824aeaea50ee9697bc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2e326",
                    table="funding_payment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                fields=("run", "digest"), name="one_confirmation_a_file"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="57e0d56c49ef5334aaebd970bf8ef00444bae109",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_c9f08",
                    table="funding_confirmation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1d5ca7d909b6f7f73d5d922d9e0f10defc688cb3",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_865ed",
                    table="funding_confirmation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrunevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e66e06c1ead9a4224a11aa1c8df0ba598218cab9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2736b",
                    table="funding_paymentrunevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_pence__gt", 0),
                    models.Q(
                        models.Q(
                            ("payment__isnull", False),
                            ("received_on__isnull", True),
                            ("reference", ""),
                        ),
                        models.Q(
                            ("payment__isnull", True),
                            ("received_on__isnull", False),
                            models.Q(("reference", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                ),
                name="a_recovery_is_from_a_payment_or_repaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(
                fields=("clawback", "payment"), name="one_recovery_a_clawback_and_payment"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("reference",),
                name="one_recovery_a_repayment",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="44bfee7b46bca7251a0f3d9a650eccad51eef7a0",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_3ce00",
                    table="funding_recovery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="never_above_the_clawback",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE due bigint; back bigint;",
                    func="\n                    SELECT c.amount_pence INTO due FROM funding_clawback c\n                    WHERE c.id = NEW.clawback_id AND c.state = 'agreed';\n                    SELECT coalesce(sum(r.amount_pence), 0) INTO back FROM funding_recovery r\n                    LEFT JOIN funding_payment p ON p.id = r.payment_id\n                    WHERE r.clawback_id = NEW.clawback_id\n                        AND (p.id IS NULL OR p.state IN ('in_run', 'paid'));\n                    IF due IS NULL OR back + NEW.amount_pence > due THEN\n                        RAISE EXCEPTION 'no more comes back than a clawback is of'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="3089a66312008439f86b0f542c984b90090fd090",
                    operation="INSERT",
                    pgid="pgtrigger_never_above_the_clawback_8e2cf",
                    table="funding_recovery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5b2a41c6d25e22cb83625d183e325896533beafa",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_ae863",
                    table="funding_recovery",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("found_at__isnull", True), ("state", "asked")),
                    models.Q(
                        models.Q(("state", "asked"), _negated=True),
                        ("found_at__isnull", False),
                        models.Q(("found_by", ""), _negated=True),
                        models.Q(("found", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_sampled_payment_says_what_was_found",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sampledpayment",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="ec0f2045ad17f4c96e4caa11f4a5761349a36508",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_9345f",
                    table="funding_sampledpayment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sampledpayment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_sampledpaymentevent" ("drawn_at", "drawn_by", "found", "found_at", "found_by", "id", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seed", "state", "version") VALUES (NEW."drawn_at", NEW."drawn_by", NEW."found", NEW."found_at", NEW."found_by", NEW."id", NEW."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."seed", NEW."state", NEW."version"); RETURN NULL;',
                    hash="ac710b7b86ec5cfe85194d885e71b7efc600ab22",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_62a73",
                    table="funding_sampledpayment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sampledpayment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "funding_sampledpaymentevent" ("drawn_at", "drawn_by", "found", "found_at", "found_by", "id", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seed", "state", "version") VALUES (NEW."drawn_at", NEW."drawn_by", NEW."found", NEW."found_at", NEW."found_by", NEW."id", NEW."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."seed", NEW."state", NEW."version"); RETURN NULL;',
                    hash="7731c4da56b77ac9366603ea8ef79cd85344910f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_54b47",
                    table="funding_sampledpayment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sampledpayment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_sampledpaymentevent" ("drawn_at", "drawn_by", "found", "found_at", "found_by", "id", "payment_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "seed", "state", "version") VALUES (OLD."drawn_at", OLD."drawn_by", OLD."found", OLD."found_at", OLD."found_by", OLD."id", OLD."payment_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."seed", OLD."state", OLD."version"); RETURN NULL;',
                    hash="911e188bb6a09beb5f3feaffdc4b47dcc7164263",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e01f7",
                    table="funding_sampledpayment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sampledpaymentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ea9e9ae901d206f1718711b750f61732e4e525fa",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2dc2a",
                    table="funding_sampledpaymentevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
