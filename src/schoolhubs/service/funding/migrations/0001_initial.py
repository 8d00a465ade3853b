"""Tables of money."""

import django.db.models.deletion
import pghistory.utils
from django.db import migrations, models


class Migration(migrations.Migration):
    """Begins the app."""

    initial = True

    dependencies = (("partnerships", "0005_ended_on"),)

    operations = [
        migrations.CreateModel(
            name="PaymentRunEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
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
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_pence", models.PositiveBigIntegerField()),
                ("received_on", models.DateField(null=True)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="SampledPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seed", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Evidence asked for"),
                            ("shown", "Shown: the payment stands"),
                            ("not_shown", "Not shown"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("drawn_at", models.DateTimeField()),
                ("drawn_by", models.TextField()),
                ("found_at", models.DateTimeField(null=True)),
                ("found_by", models.TextField(blank=True)),
                ("found", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="SampledPaymentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("seed", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Evidence asked for"),
                            ("shown", "Shown: the payment stands"),
                            ("not_shown", "Not shown"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("drawn_at", models.DateTimeField()),
                ("drawn_by", models.TextField()),
                ("found_at", models.DateTimeField(null=True)),
                ("found_by", models.TextField(blank=True)),
                ("found", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Clawback",
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
                ("milestone", models.CharField(max_length=60)),
                ("amount_pence", models.PositiveBigIntegerField()),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for somebody else to agree"),
                            ("agreed", "Agreed"),
                            ("refused", "Not agreed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.TextField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.TextField(blank=True)),
                ("settled_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
            name="ClawbackEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("programme_id", models.CharField(max_length=60)),
                ("payee", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=20)),
                ("milestone", models.CharField(max_length=60)),
                ("amount_pence", models.PositiveBigIntegerField()),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for somebody else to agree"),
                            ("agreed", "Agreed"),
                            ("refused", "Not agreed"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.TextField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.TextField(blank=True)),
                ("settled_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                        to="funding.clawback",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner school"), ("lead", "Lead school")],
                        max_length=8,
                    ),
                ),
                ("milestone", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("declared", "Declared, waits for the programme office"),
                            ("checked", "Checked"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("travel_pence", models.PositiveBigIntegerField(default=0)),
                ("backfill_pence", models.PositiveBigIntegerField(default=0)),
                ("plan_pence", models.PositiveBigIntegerField(default=0)),
                ("organisation", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.TextField()),
                ("declared_at", models.DateTimeField(null=True)),
                ("declared_by", models.TextField(blank=True)),
                ("declared_name", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by", models.TextField(blank=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_by", models.TextField(blank=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
            name="DeclarationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner school"), ("lead", "Lead school")],
                        max_length=8,
                    ),
                ),
                ("milestone", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("declared", "Declared, waits for the programme office"),
                            ("checked", "Checked"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("travel_pence", models.PositiveBigIntegerField(default=0)),
                ("backfill_pence", models.PositiveBigIntegerField(default=0)),
                ("plan_pence", models.PositiveBigIntegerField(default=0)),
                ("organisation", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.TextField()),
                ("declared_at", models.DateTimeField(null=True)),
                ("declared_by", models.TextField(blank=True)),
                ("declared_name", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by", models.TextField(blank=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_by", models.TextField(blank=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                        to="funding.declaration",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DeclaredDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("half_days", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=200)),
                ("who", models.CharField(max_length=200)),
                ("evidence", models.TextField()),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("struck_at", models.DateTimeField(null=True)),
                ("struck_by", models.TextField(blank=True)),
                ("struck_reason", models.TextField(blank=True)),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="funding.declaration",
                    ),
                ),
            ],
            options={
                "ordering": ("on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="DeclaredDayEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("on", models.DateField()),
                ("half_days", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=200)),
                ("who", models.CharField(max_length=200)),
                ("evidence", models.TextField()),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("struck_at", models.DateTimeField(null=True)),
                ("struck_by", models.TextField(blank=True)),
                ("struck_reason", models.TextField(blank=True)),
                (
                    "declaration",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="funding.declaration",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="funding.declaredday",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
    ]
