"""Practice walls of this app's tables."""

from django.db import migrations

from rcm.walls import wall


class Migration(migrations.Migration):
    dependencies = [("coding", "0002_initial"), ("rcm", "0002_walls")]

    operations = [
        *wall(
            "coding_charge",
            "coding_codertask",
            "coding_document",
            "coding_encounter",
            "coding_encounterdiagnosis",
        ),
    ]
