"""Balances to follow up looked up by key for a practice the statistics do not know yet.

The same as billing's 0037 does for the balances of patients.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('denials', '0014_follow_ups_by_key'),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION keep_follow_ups() SET plan_cache_mode = force_generic_plan",
            "ALTER FUNCTION keep_follow_ups() RESET plan_cache_mode",
        )
    ]
