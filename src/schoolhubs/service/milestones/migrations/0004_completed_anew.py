"""What a partnership had come to is kept anew, with a number, where days are agreed late."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0003_tasks_looked_to"),
        ("partnerships", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="completion", options={"ordering": ("partnership_id", "number")}
        ),
        migrations.AddField(
            model_name="completion",
            name="number",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="completion",
            name="partnership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="completions",
                to="partnerships.partnership",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.UniqueConstraint(
                fields=("partnership", "number"), name="one_completion_of_a_number"
            ),
        ),
    ]
