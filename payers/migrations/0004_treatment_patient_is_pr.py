from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payers", "0003_walls"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "patient"), _negated=True), ("group", "PR"), _connector="OR"
                ),
                name="treatment_patient_is_pr",
            ),
        ),
    ]
