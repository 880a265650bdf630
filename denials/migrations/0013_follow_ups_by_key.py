"""The balances to follow up, looked up by their keys whatever the statistics say.

A join may be read from either side: over tables nobody has analyzed yet that was once all claims of
a practice for each move. What is under OFFSET 0 is asked once for each row before it.
"""

from importlib import import_module

from django.db import migrations

before = import_module("denials.migrations.0009_follow_ups")
JOINS = """    JOIN billing_claim c ON c.id = m.claim_id
    JOIN coding_encounter e ON e.id = c.encounter_id
"""
LOOKUPS = """    CROSS JOIN LATERAL (
        SELECT k.rank, k.payer_id, k.patient_id, k.date_of_service, k.encounter_id
        FROM billing_claim k WHERE k.id = m.claim_id OFFSET 0) c
    CROSS JOIN LATERAL (
        SELECT v.provider_id, v.location_id
        FROM coding_encounter v WHERE v.id = c.encounter_id OFFSET 0) e
"""
SETTINGS = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"
OLD = before.KEEP[: before.KEEP.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
NEW = OLD.replace(JOINS, LOOKUPS).replace(SETTINGS, f"{SETTINGS} SET enable_bitmapscan = off")


class Migration(migrations.Migration):

    dependencies = [
        ('denials', '0012_worklist'),
    ]

    operations = [migrations.RunSQL(NEW, OLD)]
