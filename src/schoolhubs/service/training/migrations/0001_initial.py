"""Leaders, sessions, completion, and the library as it is searched."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partnerships", "0004_rest_restevent_rest_one_rest_at_a_time_and_more"),
        ("plans", "0007_consequences_are_asked"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedResource",
            fields=[
                ("resource_id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=12)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="training_resource_words"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("urn", models.CharField(max_length=6)),
                ("resource_id", models.CharField(max_length=60)),
                ("root_cause", models.CharField(max_length=60)),
                ("version", models.CharField(blank=True, max_length=60)),
                ("used_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "plan",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="plans.plan"
                    ),
                ),
            ],
            options={
                "ordering": ("used_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="SchoolLeader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("urn", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=120)),
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
                    "succeeds",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="training.schoolleader",
                    ),
                ),
            ],
            options={
                "ordering": ("named_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ModuleCompletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT, to="partnerships.partnership"
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="training.schoolleader"
                    ),
                ),
            ],
            options={
                "ordering": ("completed_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seat", models.PositiveIntegerField()),
                ("is_live", models.BooleanField(default=True)),
                ("came", models.BooleanField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="training.schoolleader"
                    ),
                ),
            ],
            options={
                "ordering": ("session", "seat", "pk"),
            },
        ),
        migrations.CreateModel(
            name="TrainingSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                "ordering": ("starts_at", "pk"),
                "indexes": [
                    models.Index(
                        fields=["programme_id", "lead_urn", "starts_at"],
                        name="training_session_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="a_session_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True),
                            models.Q(("why_cancelled", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_cancelled_session_says_why",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="signup",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="training.trainingsession"
            ),
        ),
        migrations.AddField(
            model_name="modulecompletion",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="training.trainingsession",
            ),
        ),
        migrations.AddIndex(
            model_name="resourceuse",
            index=models.Index(fields=["resource_id"], name="training_resource_used"),
        ),
        migrations.AddConstraint(
            model_name="resourceuse",
            constraint=models.UniqueConstraint(
                fields=("urn", "resource_id", "root_cause"), name="a_resource_is_used_once_for_it"
            ),
        ),
        migrations.AddIndex(
            model_name="schoolleader",
            index=models.Index(fields=["urn"], name="training_leader_school"),
        ),
        migrations.AddConstraint(
            model_name="schoolleader",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_on__isnull", True),
                    ("left_on__gte", models.F("named_on")),
                    _connector="OR",
                ),
                name="a_leader_leaves_after_being_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("session", "leader"),
                name="one_place_a_leader_at_a_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("session", "seat"),
                name="one_leader_a_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="signup",
            constraint=models.CheckConstraint(
                condition=models.Q(("seat__gt", 0)), name="seats_count_from_one"
            ),
        ),
        migrations.AddIndex(
            model_name="modulecompletion",
            index=models.Index(fields=["partnership", "state"], name="training_done_in"),
        ),
        migrations.AddConstraint(
            model_name="modulecompletion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("declared", "confirmed"))),
                fields=("leader", "programme_id", "module"),
                name="a_leader_completes_a_module_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="modulecompletion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="one_certificate_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="modulecompletion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "declared")),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("state__in", ("confirmed", "refused")),
                        models.Q(("settled_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settled_completion_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="modulecompletion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), models.Q(("number", ""), _negated=True)),
                    models.Q(models.Q(("state", "confirmed"), _negated=True), ("number", "")),
                    _connector="OR",
                ),
                name="a_confirmed_completion_has_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="modulecompletion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("settled_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_refused_completion_says_why",
            ),
        ),
    ]
