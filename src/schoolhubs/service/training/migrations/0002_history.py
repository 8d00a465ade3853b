"""The history of training."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pghistory.utils
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TrainingSessionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("programme_id", models.CharField(max_length=60)),
                ("module", models.CharField(max_length=60)),
                ("lead_urn", models.CharField(blank=True, max_length=6)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_online", models.BooleanField()),
                ("where", models.CharField(max_length=200)),
                ("n_places", models.PositiveIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("cancelled", "Cancelled"),
                            ("held", "Held, and completion recorded"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("why_cancelled", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ResourceUseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("urn", models.CharField(max_length=6)),
                ("resource_id", models.CharField(max_length=60)),
                ("root_cause", models.CharField(max_length=60)),
                ("version", models.CharField(blank=True, max_length=60)),
                ("used_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="training.resourceuse",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="plans.plan",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SchoolLeaderEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("urn", models.CharField(max_length=6)),
                ("post", models.CharField(max_length=120)),
                (
                    "duties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("named_on", models.DateField()),
                ("left_on", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="training.schoolleader",
                    ),
                ),
                (
                    "succeeds",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.schoolleader",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignUpEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("seat", models.PositiveIntegerField()),
                ("is_live", models.BooleanField(default=True)),
                ("came", models.BooleanField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "leader",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.schoolleader",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="training.signup",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.trainingsession",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ModuleCompletionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("programme_id", models.CharField(max_length=60)),
                ("module", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("half_days", models.PositiveSmallIntegerField()),
                ("definition_version", models.CharField(max_length=80)),
                ("completed_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("declared", "Declared, not confirmed yet"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Not confirmed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.TextField(blank=True)),
                ("settled_reason", models.TextField(blank=True)),
                ("number", models.CharField(blank=True, max_length=14)),
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
                        to="training.modulecompletion",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.schoolleader",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="training.trainingsession",
                    ),
                ),
            ],
            options={
                "ordering": ("pgh_id",),
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="trainingsessionevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="training.trainingsession",
            ),
        ),
    ]
