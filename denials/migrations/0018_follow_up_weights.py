"""What orders the open balances, kept with them: cents expected times days.

The trigger that keeps a balance begins it with the whole balance and changes it in proportion; the
night sets it anew for all.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("denials.migrations.0014_follow_ups_by_key")
DAYS = "greatest(current_date - %s, 1)"
CHANGED = f"""        clock_on = CASE WHEN EXCLUDED.changed_at IS NULL THEN f.clock_on END,
        weight = CASE
            WHEN f.balance + EXCLUDED.balance <= 0 THEN 0
            WHEN f.balance > 0 THEN round(f.weight * (f.balance + EXCLUDED.balance) / f.balance)
            ELSE round((f.balance + EXCLUDED.balance) * 100
                * {DAYS % "EXCLUDED.date_of_service"}) END,
"""
OLD = f"{before.NEW}ALTER FUNCTION keep_follow_ups() SET plan_cache_mode = force_generic_plan;"
NEW = (
    OLD.replace("balance, clock_on, changed_at)", "balance, clock_on, changed_at, weight)")
    .replace(
        "CASE WHEN m.by_payer THEN clock_timestamp() END\n",
        "CASE WHEN m.by_payer THEN clock_timestamp() END,\n"
        f"        round(greatest(m.balance, 0) * 100 * {DAYS % 'c.date_of_service'})\n",
    )
    .replace(
        "        clock_on = CASE WHEN EXCLUDED.changed_at IS NULL THEN f.clock_on END,\n", CHANGED
    )
)
# The walls bind the owner as well.
FILL = f"""
ALTER TABLE denials_followup NO FORCE ROW LEVEL SECURITY;
UPDATE denials_followup SET weight = round(balance * 100 * {DAYS % 'date_of_service'})
WHERE balance > 0;
ALTER TABLE denials_followup FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('denials', '0017_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='followup',
            name='weight',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NEW, OLD),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance__gt', 0)), fields=['practice', '-weight', 'id'], name='follow_up_heaviest'),
        ),
    ]
