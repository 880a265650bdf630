from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("denials", "0003_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="denial",
            name="resolution",
            field=models.CharField(
                blank=True,
                choices=[
                    ("paid", "Paid after correction"),
                    ("written_off", "Written off"),
                    ("patient", "Moved to the patient"),
                    ("reversed", "Payer reversed it"),
                    ("denied_again", "Denied again after correction"),
                ],
                max_length=12,
            ),
        ),
    ]
