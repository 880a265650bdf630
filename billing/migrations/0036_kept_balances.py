"""What stands on patients' accounts, kept by the ledger's own transactions, and joined statements."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from rcm.walls import wall

OWED = "'{primary_receivable,secondary_receivable,tertiary_receivable,patient_receivable}'"
# Brings what is kept of some visits and patients to what their moves add up to. Called when a
# transaction commits, so that locks are held for a moment and taken in one order, whatever was
# posted in which order before. A claim's versions are netted by visit (and payer). Each row is
# looked up by its key whatever the statistics say, as references are (rcm.walls): what is under
# OFFSET 0 is asked once for each row before it.
KEEP = f"""
CREATE FUNCTION keep_patient_balances(
    which bigint, moved bigint[], people bigint[]
) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off
    SET enable_bitmapscan = off AS $$
DECLARE
    visits bigint[];
BEGIN
    SELECT array_agg(DISTINCT c.encounter_id),
        people || coalesce(array_agg(DISTINCT c.patient_id), '{{}}')
    INTO visits, people
    FROM unnest(moved) AS m (id)
    CROSS JOIN LATERAL (
        SELECT k.encounter_id, k.patient_id FROM billing_claim k WHERE k.id = m.id OFFSET 0) c;

    INSERT INTO billing_patientbalance (practice_id, patient_id)
    SELECT DISTINCT which, n.id FROM unnest(people) AS n (id) ORDER BY n.id
    ON CONFLICT (patient_id) DO NOTHING;
    PERFORM 1 FROM billing_patientbalance
    WHERE patient_id = ANY (people) ORDER BY patient_id FOR NO KEY UPDATE;

    -- A statement of its own: it sees what others committed while we waited for the locks.
    INSERT INTO billing_visitbalance AS b
        (practice_id, encounter_id, patient_id, owed, owed_since, insurance_lines, insurance)
    SELECT which, s.encounter_id, s.patient_id,
        coalesce(sum(s.balance) FILTER (WHERE s.account = 'patient_receivable'), 0),
        min(s.since) FILTER (WHERE s.account = 'patient_receivable' AND s.balance > 0),
        count(*) FILTER (WHERE s.account <> 'patient_receivable' AND s.balance <> 0),
        coalesce(sum(s.balance) FILTER (WHERE s.account <> 'patient_receivable'), 0)
    FROM (
        SELECT c.encounter_id, c.patient_id, m.account,
            sum(m.amount) AS balance, min(m.posted_on) FILTER (WHERE m.amount > 0) AS since
        FROM unnest(visits) AS v (id)
        CROSS JOIN LATERAL (
            SELECT k.id, k.encounter_id, k.patient_id, k.payer_id
            FROM billing_claim k WHERE k.encounter_id = v.id OFFSET 0) c
        CROSS JOIN LATERAL (
            SELECT a.account, a.amount, p.posted_on
            FROM billing_posting p
            CROSS JOIN LATERAL (
                VALUES (p.destination, p.amount), (p.source, -p.amount)) AS a (account, amount)
            WHERE p.practice_id = which AND p.claim_id = c.id AND a.account = ANY ({OWED})
            OFFSET 0
        ) m
        GROUP BY c.encounter_id, c.patient_id, m.account,
            CASE m.account WHEN 'primary_receivable' THEN c.payer_id END
    ) s
    GROUP BY s.encounter_id, s.patient_id
    ORDER BY s.encounter_id
    ON CONFLICT (encounter_id) DO UPDATE SET
        patient_id = EXCLUDED.patient_id, owed = EXCLUDED.owed, owed_since = EXCLUDED.owed_since,
        insurance_lines = EXCLUDED.insurance_lines, insurance = EXCLUDED.insurance
    WHERE (b.patient_id, b.owed, b.owed_since, b.insurance_lines, b.insurance)
        IS DISTINCT FROM (EXCLUDED.patient_id, EXCLUDED.owed, EXCLUDED.owed_since,
            EXCLUDED.insurance_lines, EXCLUDED.insurance);
    DELETE FROM billing_visitbalance
    WHERE encounter_id = ANY (visits) AND owed = 0 AND insurance_lines = 0;

    INSERT INTO billing_patientbalance AS b (practice_id, patient_id, owed, overpaid, owed_since,
        insurance_lines, insurance, prepaid)
    SELECT which, n.* FROM (
        SELECT q.id, coalesce(sum(v.owed) FILTER (WHERE v.owed > 0), 0) AS owed,
            coalesce(-sum(v.owed) FILTER (WHERE v.owed < 0), 0) AS overpaid,
            min(v.owed_since) AS owed_since,
            coalesce(sum(v.insurance_lines), 0) AS insurance_lines,
            coalesce(sum(v.insurance), 0) AS insurance,
            (SELECT coalesce(sum(CASE 'patient_prepayment' WHEN m.source THEN m.amount
                                      WHEN m.destination THEN -m.amount ELSE 0 END), 0)
             FROM billing_patientmove w
             CROSS JOIN LATERAL (
                SELECT p.source, p.destination, p.amount
                FROM billing_posting p WHERE p.id = w.posting_id OFFSET 0) m
             WHERE w.practice_id = which AND w.patient_id = q.id) AS prepaid
        FROM (SELECT DISTINCT u.id FROM unnest(people) AS u (id)) q
        LEFT JOIN billing_visitbalance v ON v.patient_id = q.id
        GROUP BY q.id
    ) n
    ORDER BY n.id
    ON CONFLICT (patient_id) DO UPDATE SET
        owed = EXCLUDED.owed, overpaid = EXCLUDED.overpaid, owed_since = EXCLUDED.owed_since,
        insurance_lines = EXCLUDED.insurance_lines, insurance = EXCLUDED.insurance,
        prepaid = EXCLUDED.prepaid
    WHERE (b.owed, b.overpaid, b.owed_since, b.insurance_lines, b.insurance, b.prepaid)
        IS DISTINCT FROM (EXCLUDED.owed, EXCLUDED.overpaid, EXCLUDED.owed_since,
            EXCLUDED.insurance_lines, EXCLUDED.insurance, EXCLUDED.prepaid);
END $$;
"""
# What a transaction writes is noted per statement and settled once, before it commits. Nobody sees
# the notes of others: they are gone when they could be seen. The walls may have been closed since.
NOTE = f"""
CREATE FUNCTION settle_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    walls text := current_setting('rcm.practices', true);
    moved bigint[];
    people bigint[];
BEGIN
    PERFORM set_config('rcm.practices', '{{' || NEW.practice_id || '}}', true);
    WITH gone AS (
        DELETE FROM billing_balancework WHERE practice_id = NEW.practice_id
        RETURNING claims, patients
    )
    SELECT (SELECT array_agg(DISTINCT c) FROM gone, unnest(gone.claims) AS c),
        (SELECT array_agg(DISTINCT p) FROM gone, unnest(gone.patients) AS p)
    INTO moved, people;
    IF moved IS NOT NULL OR people IS NOT NULL THEN
        PERFORM keep_patient_balances(
            NEW.practice_id, coalesce(moved, '{{}}'), coalesce(people, '{{}}'));
    END IF;
    PERFORM set_config('rcm.practices', coalesce(walls, ''), true);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settle_balances AFTER INSERT ON billing_balancework
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settle_balances();

CREATE FUNCTION note_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_balancework (practice_id, claims, patients)
    SELECT practice_id, array_agg(DISTINCT claim_id), '{{}}' FROM fresh
    WHERE claim_id IS NOT NULL
        AND (source = ANY ({OWED}) OR destination = ANY ({OWED}))
    GROUP BY practice_id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_moves AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_moves();

CREATE FUNCTION note_patients() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_balancework (practice_id, claims, patients)
    SELECT practice_id, '{{}}', array_agg(DISTINCT patient_id) FROM fresh GROUP BY practice_id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_patients AFTER INSERT ON billing_patientmove
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_patients();

CREATE FUNCTION open_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_patientbalance (practice_id, patient_id)
    SELECT practice_id, id FROM fresh ORDER BY id ON CONFLICT (patient_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER open_accounts AFTER INSERT ON rcm_patient
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION open_accounts();

CREATE FUNCTION note_changed_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_balancework (practice_id, claims, patients)
    VALUES (NEW.practice_id, ARRAY[NEW.id], ARRAY[OLD.patient_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER note_changed_claim AFTER UPDATE OF patient_id, payer_id ON billing_claim
    FOR EACH ROW WHEN ((OLD.patient_id, OLD.payer_id) IS DISTINCT FROM
        (NEW.patient_id, NEW.payer_id)) EXECUTE FUNCTION note_changed_claim();
"""
FORGET = """
DROP TRIGGER note_changed_claim ON billing_claim;
DROP TRIGGER open_accounts ON rcm_patient;
DROP TRIGGER note_patients ON billing_patientmove;
DROP TRIGGER note_moves ON billing_posting;
DROP TRIGGER settle_balances ON billing_balancework;
DROP FUNCTION note_changed_claim, open_accounts, note_patients, note_moves, settle_balances;
"""
WALLED = ("billing_posting", "billing_claim", "billing_patientmove", "rcm_patient")
DOWN = "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;\n" for table in WALLED)
UP = "".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n" for table in WALLED)
# What is there before the triggers are, with the walls down: they bind the owner as well.
FILL = f"""
{DOWN}
INSERT INTO billing_patientbalance (practice_id, patient_id)
SELECT practice_id, id FROM rcm_patient ORDER BY id;
SELECT keep_patient_balances(c.practice_id, array_agg(c.id), '{{}}')
FROM billing_claim c GROUP BY c.practice_id;
SELECT keep_patient_balances(w.practice_id, '{{}}', array_agg(DISTINCT w.patient_id))
FROM billing_patientmove w GROUP BY w.practice_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
{UP}
"""  # noqa: S608  statements of our own


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0035_estimates'),
        ('coding', '0018_provider_visits'),
        ('rcm', '0011_events_of_people_on_charts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BalanceWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claims', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('patients', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('practice', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StatementDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('count', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='document', to='billing.statementbatch')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PatientBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owed', models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ('overpaid', models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ('owed_since', models.DateField(null=True)),
                ('insurance_lines', models.PositiveIntegerField(db_default=0)),
                ('insurance', models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ('prepaid', models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ('due', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('owed'), '-', models.F('overpaid')), '-', models.F('prepaid')), output_field=models.DecimalField(decimal_places=2, max_digits=14))),
                ('patient', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='balance', to='rcm.patient')),
                ('practice', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'indexes': [models.Index(fields=['practice', '-due', 'patient'], name='patient_balance_list'), models.Index(condition=models.Q(('owed__gt', 0)), fields=['practice', '-due', 'patient'], include=('owed_since', 'insurance_lines'), name='patient_balance_owing'), models.Index(condition=models.Q(('overpaid__gt', 0), ('prepaid__gt', 0), _connector='OR'), fields=['practice', '-due', 'patient'], name='patient_balance_credit')],
            },
        ),
        migrations.CreateModel(
            name='VisitBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owed', models.DecimalField(decimal_places=2, max_digits=14)),
                ('owed_since', models.DateField(null=True)),
                ('insurance_lines', models.PositiveSmallIntegerField()),
                ('insurance', models.DecimalField(decimal_places=2, max_digits=14)),
                ('encounter', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coding.encounter')),
                ('patient', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.patient')),
                ('practice', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
            options={
                'indexes': [models.Index(fields=['patient'], name='visit_balance_of_patient')],
            },
        ),
        migrations.RunSQL(KEEP, "DROP FUNCTION keep_patient_balances;"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NOTE, FORGET),
        *wall(
            "billing_balancework",
            "billing_patientbalance",
            "billing_statementdocument",
            "billing_visitbalance",
        ),
    ]
