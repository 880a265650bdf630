"""Practice walls of this app's tables."""

from django.db import migrations

from rcm.walls import wall


class Migration(migrations.Migration):
    dependencies = [("denials", "0002_initial"), ("rcm", "0002_walls")]

    operations = [*wall("denials_denial")]
