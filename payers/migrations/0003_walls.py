"""Practice walls of this app's tables."""

from django.db import migrations

from rcm.walls import wall


class Migration(migrations.Migration):
    dependencies = [("payers", "0002_initial"), ("rcm", "0002_walls")]

    operations = [
        *wall(
            "payers_channel",
            "payers_coverage",
            "payers_fee",
            "payers_feeschedule",
            "payers_payer",
            "payers_treatment",
        ),
    ]
