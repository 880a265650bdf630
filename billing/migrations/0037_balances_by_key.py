"""Kept balances looked up by key for a practice the statistics do not know yet.

A plan made for one practice thinks a practice that came after the last ANALYZE has no moves, so that
any index of its practice looks as good as that of the claim: once all its moves for each claim.
"""

from django.db import migrations

SIGNATURE = "keep_patient_balances(bigint, bigint[], bigint[])"
GENERIC = f"ALTER FUNCTION {SIGNATURE} SET plan_cache_mode = force_generic_plan"
CUSTOM = f"ALTER FUNCTION {SIGNATURE} RESET plan_cache_mode"


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0036_kept_balances'),
    ]

    operations = [migrations.RunSQL(GENERIC, CUSTOM)]
