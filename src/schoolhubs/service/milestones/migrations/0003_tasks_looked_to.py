"""How far the audit log was when the tasks of a partnership were worked out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milestones", "0002_tasks_kept")]

    operations = [
        migrations.AddField(
            model_name="taskskept", name="looked_to", field=models.BigIntegerField(default=0)
        )
    ]
