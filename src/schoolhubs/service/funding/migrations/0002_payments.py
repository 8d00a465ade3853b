"""What the database itself refuses of money, continued: see the models."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Follows the tables before it."""

    dependencies = (("funding", "0001_initial"),)

    operations = [
        migrations.CreateModel(
            name="KeptAward",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.CharField(max_length=60)),
                ("pathway", models.CharField(max_length=60)),
                ("payee", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=20)),
                ("milestone", models.CharField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                ("amount_pence", models.BigIntegerField()),
                ("payable_from", models.DateField()),
                ("record", models.JSONField()),
                ("made_of", models.JSONField()),
                ("definition_version", models.CharField(max_length=40)),
                ("why", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="funding.declaration",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partnerships.partnership"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.CharField(max_length=60)),
                ("payee", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=20)),
                ("milestone", models.CharField(max_length=80)),
                ("gross_pence", models.PositiveBigIntegerField()),
                ("taken_pence", models.PositiveBigIntegerField(default=0)),
                ("amount_pence", models.PositiveBigIntegerField()),
                ("reference", models.CharField(max_length=30, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_run", "In a run"),
                            ("paid", "Paid"),
                            ("not_paid", "Not paid, to be tried again"),
                            ("taken_out", "Taken out of the run"),
                        ],
                        default="in_run",
                        max_length=10,
                    ),
                ),
                ("paid_on", models.DateField(null=True)),
                ("fault", models.CharField(blank=True, max_length=200)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="funding.keptaward",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partnerships.partnership"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="PaymentRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.CharField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared, waits for somebody else to agree"),
                            ("agreed", "Agreed, to be handed over"),
                            ("handed_over", "Handed over, waits for confirmation"),
                            ("paid", "Paid"),
                            ("set_aside", "Set aside: nothing of it is paid"),
                        ],
                        default="prepared",
                        max_length=12,
                    ),
                ),
                ("pay_on", models.DateField()),
                ("n_payments", models.PositiveIntegerField()),
                ("total_pence", models.PositiveBigIntegerField()),
                ("envelope_pence", models.PositiveBigIntegerField()),
                ("exceptions", models.JSONField(default=list)),
                ("prepared_at", models.DateTimeField()),
                ("prepared_by", models.TextField()),
                ("agreed_at", models.DateTimeField(null=True)),
                ("agreed_by", models.TextField(blank=True)),
                ("file", models.BinaryField(null=True)),
                ("file_name", models.CharField(blank=True, max_length=120)),
                ("file_hash", models.CharField(blank=True, max_length=64)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("handed_over_by", models.TextField(blank=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("finished_by", models.TextField(blank=True)),
                ("finished_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_id", "number"), name="one_run_a_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("prepared", "agreed", "handed_over"))),
                        fields=("programme_id",),
                        name="one_open_payment_run_a_programme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_by", ""),
                            models.Q(("agreed_by", models.F("prepared_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="who_agrees_a_payment_run_did_not_prepare_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("prepared", "set_aside")),
                            models.Q(
                                ("agreed_at__isnull", False),
                                ("file__isnull", False),
                                models.Q(("agreed_by", ""), _negated=True),
                                models.Q(("file_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_agreed_payment_run_says_who_and_has_its_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("handed_over", "paid")), _negated=True),
                            models.Q(
                                ("handed_over_at__isnull", False),
                                models.Q(("handed_over_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_payment_run_handed_over_says_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "set_aside"), _negated=True),
                            models.Q(("finished_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_payment_run_set_aside_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total_pence__lte", models.F("envelope_pence"))),
                        name="a_payment_run_is_within_the_envelope",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("programme_id", models.CharField(max_length=60)),
                ("payee", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=20)),
                ("milestone", models.CharField(max_length=80)),
                ("gross_pence", models.PositiveBigIntegerField()),
                ("taken_pence", models.PositiveBigIntegerField(default=0)),
                ("amount_pence", models.PositiveBigIntegerField()),
                ("reference", models.CharField(max_length=30)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_run", "In a run"),
                            ("paid", "Paid"),
                            ("not_paid", "Not paid, to be tried again"),
                            ("taken_out", "Taken out of the run"),
                        ],
                        default="in_run",
                        max_length=10,
                    ),
                ),
                ("paid_on", models.DateField(null=True)),
                ("fault", models.CharField(blank=True, max_length=200)),
                (
                    "award",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="funding.keptaward",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partnerships.partnership",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="funding.payment",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="funding.paymentrun",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="funding.paymentrun",
            ),
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("n_paid", models.PositiveIntegerField()),
                ("n_not_paid", models.PositiveIntegerField()),
                ("paid_pence", models.PositiveBigIntegerField()),
                ("problems", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="funding.paymentrun",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="dfe7b52837a8f5e6866790c3fba0096dc07f56b6",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_11542",
                    table="funding_paymentrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_was_prepared",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."prepared_at" IS DISTINCT FROM (NEW."prepared_at") OR OLD."prepared_by" IS DISTINCT FROM (NEW."prepared_by") OR OLD."envelope_pence" IS DISTINCT FROM (NEW."envelope_pence"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="be764077560706cbf82247b9b2eea26a343739b8",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_was_prepared_9d543",
                    table="funding_paymentrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_what_was_agreed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state <> 'prepared')",
                    func="\n                    IF (NEW.file, NEW.file_hash, NEW.total_pence, NEW.n_payments, NEW.agreed_by)\n                        IS DISTINCT FROM\n                        (OLD.file, OLD.file_hash, OLD.total_pence, OLD.n_payments, OLD.agreed_by)\n                        OR NEW.state = 'prepared'\n                        OR OLD.state IN ('paid', 'set_aside')\n                    THEN\n                        RAISE EXCEPTION 'an agreed payment run stays as it was agreed'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="d5ae2349e148ca8a608b4ce7865a0b38fad7a2d9",
                    operation="UPDATE",
                    pgid="pgtrigger_keeps_what_was_agreed_2482c",
                    table="funding_paymentrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="is_the_sum_of_its_payments",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state = 'prepared' AND NEW.state = 'agreed')",
                    declare="DECLARE n bigint; pence bigint; everything bigint;",
                    func="\n                    SELECT count(*), coalesce(sum(p.amount_pence), 0) INTO n, pence\n                    FROM funding_payment p WHERE p.run_id = NEW.id AND p.state = 'in_run';\n                    IF n <> NEW.n_payments OR pence <> NEW.total_pence OR n = 0 THEN\n                        RAISE EXCEPTION 'a payment run comes to the sum of its payments'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    SELECT coalesce(sum(p.amount_pence), 0) INTO everything\n                    FROM funding_payment p WHERE p.programme_id = NEW.programme_id\n                        AND p.state IN ('in_run', 'paid');\n                    IF everything > NEW.envelope_pence THEN\n                        RAISE EXCEPTION 'payments of a programme are within its envelope'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="e073306dd94163ccd8deee5df2929e97b43ff788",
                    operation="UPDATE",
                    pgid="pgtrigger_is_the_sum_of_its_payments_f7540",
                    table="funding_paymentrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_paymentrunevent" ("agreed_at", "agreed_by", "envelope_pence", "exceptions", "file_hash", "file_name", "finished_at", "finished_by", "finished_reason", "handed_over_at", "handed_over_by", "id", "n_payments", "number", "pay_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by", "programme_id", "state", "total_pence", "version") VALUES (NEW."agreed_at", NEW."agreed_by", NEW."envelope_pence", NEW."exceptions", NEW."file_hash", NEW."file_name", NEW."finished_at", NEW."finished_by", NEW."finished_reason", NEW."handed_over_at", NEW."handed_over_by", NEW."id", NEW."n_payments", NEW."number", NEW."pay_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."prepared_at", NEW."prepared_by", NEW."programme_id", NEW."state", NEW."total_pence", NEW."version"); RETURN NULL;',
                    hash="32a916d1afbd6823d2b3bd07d5afe8070241299c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2c8b8",
                    table="funding_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreed_at" IS DISTINCT FROM (NEW."agreed_at") OR OLD."agreed_by" IS DISTINCT FROM (NEW."agreed_by") OR OLD."envelope_pence" IS DISTINCT FROM (NEW."envelope_pence") OR OLD."exceptions" IS DISTINCT FROM (NEW."exceptions") OR OLD."file_hash" IS DISTINCT FROM (NEW."file_hash") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."finished_at" IS DISTINCT FROM (NEW."finished_at") OR OLD."finished_by" IS DISTINCT FROM (NEW."finished_by") OR OLD."finished_reason" IS DISTINCT FROM (NEW."finished_reason") OR OLD."handed_over_at" IS DISTINCT FROM (NEW."handed_over_at") OR OLD."handed_over_by" IS DISTINCT FROM (NEW."handed_over_by") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."n_payments" IS DISTINCT FROM (NEW."n_payments") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."pay_on" IS DISTINCT FROM (NEW."pay_on") OR OLD."prepared_at" IS DISTINCT FROM (NEW."prepared_at") OR OLD."prepared_by" IS DISTINCT FROM (NEW."prepared_by") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."total_pence" IS DISTINCT FROM (NEW."total_pence") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "funding_paymentrunevent" ("agreed_at", "agreed_by", "envelope_pence", "exceptions", "file_hash", "file_name", "finished_at", "finished_by", "finished_reason", "handed_over_at", "handed_over_by", "id", "n_payments", "number", "pay_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by", "programme_id", "state", "total_pence", "version") VALUES (NEW."agreed_at", NEW."agreed_by", NEW."envelope_pence", NEW."exceptions", NEW."file_hash", NEW."file_name", NEW."finished_at", NEW."finished_by", NEW."finished_reason", NEW."handed_over_at", NEW."handed_over_by", NEW."id", NEW."n_payments", NEW."number", NEW."pay_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."prepared_at", NEW."prepared_by", NEW."programme_id", NEW."state", NEW."total_pence", NEW."version"); RETURN NULL;',
                    hash="661b8c4426d56748389a4c0f2e7ac7c54719861b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_579d5",
                    table="funding_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "funding_paymentrunevent" ("agreed_at", "agreed_by", "envelope_pence", "exceptions", "file_hash", "file_name", "finished_at", "finished_by", "finished_reason", "handed_over_at", "handed_over_by", "id", "n_payments", "number", "pay_on", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by", "programme_id", "state", "total_pence", "version") VALUES (OLD."agreed_at", OLD."agreed_by", OLD."envelope_pence", OLD."exceptions", OLD."file_hash", OLD."file_name", OLD."finished_at", OLD."finished_by", OLD."finished_reason", OLD."handed_over_at", OLD."handed_over_by", OLD."id", OLD."n_payments", OLD."number", OLD."pay_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."prepared_at", OLD."prepared_by", OLD."programme_id", OLD."state", OLD."total_pence", OLD."version"); RETURN NULL;',
                    hash="f7ce891e980fa177811b5fca1f0ee86fbd072382",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7a23d",
                    table="funding_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="paymentrunevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="funding.paymentrun",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="clawback",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recoveries",
                to="funding.clawback",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recoveries",
                to="funding.payment",
            ),
        ),
    ]
