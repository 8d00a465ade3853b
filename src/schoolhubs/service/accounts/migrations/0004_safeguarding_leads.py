"""Roles may hold that of a school’s safeguarding lead."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_leadership_team"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="roles_are_known",
        ),
        migrations.AlterField(
            model_name="membership",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("office_read", "Office Read"),
                        ("office_caseworker", "Office Caseworker"),
                        ("office_administrator", "Office Administrator"),
                        ("finance_maker", "Finance Maker"),
                        ("finance_checker", "Finance Checker"),
                        ("behaviour_adviser", "Behaviour Adviser"),
                        ("lead_school", "Lead School"),
                        ("lead_trust", "Lead Trust"),
                        ("partner_school_head", "Partner School Head"),
                        ("partner_school_attendance", "Partner School Attendance"),
                        ("partner_school_leader", "Partner School Leader"),
                        ("partner_school_governor", "Partner School Governor"),
                        ("school_safeguarding", "School Safeguarding"),
                        ("partner_trust", "Partner Trust"),
                        ("local_authority", "Local Authority"),
                        ("evaluator", "Evaluator"),
                        ("auditor", "Auditor"),
                    ],
                    max_length=40,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="membershipevent",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("office_read", "Office Read"),
                        ("office_caseworker", "Office Caseworker"),
                        ("office_administrator", "Office Administrator"),
                        ("finance_maker", "Finance Maker"),
                        ("finance_checker", "Finance Checker"),
                        ("behaviour_adviser", "Behaviour Adviser"),
                        ("lead_school", "Lead School"),
                        ("lead_trust", "Lead Trust"),
                        ("partner_school_head", "Partner School Head"),
                        ("partner_school_attendance", "Partner School Attendance"),
                        ("partner_school_leader", "Partner School Leader"),
                        ("partner_school_governor", "Partner School Governor"),
                        ("school_safeguarding", "School Safeguarding"),
                        ("partner_trust", "Partner Trust"),
                        ("local_authority", "Local Authority"),
                        ("evaluator", "Evaluator"),
                        ("auditor", "Auditor"),
                    ],
                    max_length=40,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "roles__contained_by",
                        [
                            "office_read",
                            "office_caseworker",
                            "office_administrator",
                            "finance_maker",
                            "finance_checker",
                            "behaviour_adviser",
                            "lead_school",
                            "lead_trust",
                            "partner_school_head",
                            "partner_school_attendance",
                            "partner_school_leader",
                            "partner_school_governor",
                            "school_safeguarding",
                            "partner_trust",
                            "local_authority",
                            "evaluator",
                            "auditor",
                        ],
                    )
                ),
                name="roles_are_known",
            ),
        ),
    ]
