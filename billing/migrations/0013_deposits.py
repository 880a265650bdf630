"""Bank lines and which payments they are, with what the database guards of them."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import append_only, never_deleted, refers_to, wall


# What stands of a line or a payment never exceeds it, whoever matches at the same time: the lock
# lets one transaction per practice check at a time, and the check sees what the one before wrote.
DEPOSIT_SUMS = migrations.RunSQL(
    sql="""
    CREATE FUNCTION check_deposit_sums() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wrong bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(820, p.practice_id::integer)
            FROM (SELECT DISTINCT practice_id FROM fresh ORDER BY 1) p;
        SELECT l.id INTO wrong
            FROM billing_bankline l JOIN billing_depositmatch m ON m.bank_line_id = l.id
            WHERE m.undone_at IS NULL AND l.id IN (SELECT bank_line_id FROM fresh)
            GROUP BY l.id
            HAVING abs(sum(m.amount)) > abs(l.amount) OR bool_or(sign(m.amount) <> sign(l.amount))
            LIMIT 1;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'more than bank line % is matched', wrong USING ERRCODE = 'check_violation';
        END IF;
        SELECT r.id INTO wrong
            FROM billing_remittance r JOIN billing_depositmatch m ON m.remittance_id = r.id
            WHERE m.undone_at IS NULL AND r.id IN (SELECT remittance_id FROM fresh)
            GROUP BY r.id
            HAVING sum(m.amount) NOT BETWEEN 0 AND r.amount_paid - r.amount_elsewhere
            LIMIT 1;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'more than payment % is matched', wrong USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER deposit_sums_insert AFTER INSERT ON billing_depositmatch
        REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION check_deposit_sums();
    CREATE TRIGGER deposit_sums_update AFTER UPDATE ON billing_depositmatch
        REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION check_deposit_sums();
    """,
    reverse_sql="""
    DROP TRIGGER deposit_sums_update ON billing_depositmatch;
    DROP TRIGGER deposit_sums_insert ON billing_depositmatch;
    DROP FUNCTION check_deposit_sums();
    """,
)

# A match is undone once; nothing else of it ever changes.
UNDO_ONLY = migrations.RunSQL(
    sql="""
    CREATE FUNCTION refuse_all_but_undoing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
            OR to_jsonb(NEW) - 'undone_at' - 'undone_by_id'
               <> to_jsonb(OLD) - 'undone_at' - 'undone_by_id'
        THEN
            RAISE EXCEPTION 'a match can only be undone' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER undo_only BEFORE UPDATE ON billing_depositmatch
        FOR EACH ROW EXECUTE FUNCTION refuse_all_but_undoing();
    """,
    reverse_sql="""
    DROP TRIGGER undo_only ON billing_depositmatch;
    DROP FUNCTION refuse_all_but_undoing();
    """,
)

class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0012_posting_rules'),
        ('rcm', '0003_event_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('bai2', 'BAI2'), ('csv', 'CSV')], max_length=4)),
                ('content', models.BinaryField()),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('read', 'Read'), ('failed', 'Not readable')], max_length=6)),
                ('note', models.CharField(max_length=300)),
                ('faults', models.JSONField(default=list)),
                ('lines_new', models.PositiveIntegerField(default=0)),
                ('lines_known', models.PositiveIntegerField(default=0)),
                ('lines_left_out', models.PositiveIntegerField(default=0)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('imported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('imported_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_number', models.PositiveIntegerField(null=True)),
                ('deposited_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('method', models.CharField(choices=[('eft', 'EFT'), ('check', 'Check'), ('card', 'Card'), ('other', 'Other')], max_length=5)),
                ('trace_number', models.CharField(blank=True, max_length=50)),
                ('trace_key', models.CharField(blank=True, max_length=50)),
                ('payer_identifier', models.CharField(blank=True, max_length=10)),
                ('description', models.CharField(blank=True, max_length=500)),
                ('reference', models.CharField(blank=True, max_length=50)),
                ('identity', models.CharField(max_length=64)),
                ('ordinal', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.bankstatement')),
            ],
        ),
        migrations.CreateModel(
            name='DepositMatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('method', models.CharField(choices=[('trace', 'Trace number'), ('amount', 'Amount, payer and day'), ('person', 'A person')], max_length=6)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('matched_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(null=True)),
                ('bank_line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='billing.bankline')),
                ('matched_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('remittance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deposit_matches', to='billing.remittance')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='bankstatement',
            index=models.Index(fields=['practice', '-id'], name='bank_statement_newest'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.UniqueConstraint(fields=('practice', 'sha256'), name='bank_statement_once'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['practice', 'trace_key'], name='bank_line_trace'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['practice', '-deposited_on', '-id'], name='bank_line_newest'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.UniqueConstraint(fields=('practice', 'identity', 'ordinal'), name='bank_line_once'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='bank_line_has_amount'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('statement__isnull', False), ('created_by__isnull', False), _connector='OR'), name='bank_line_has_origin'),
        ),
        migrations.AddIndex(
            model_name='depositmatch',
            index=models.Index(fields=['practice', '-id'], name='deposit_match_newest'),
        ),
        migrations.AddConstraint(
            model_name='depositmatch',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='deposit_match_has_amount'),
        ),
        migrations.AddConstraint(
            model_name='depositmatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bank_line__isnull', False), ('remittance__isnull', False)), models.Q(models.Q(('bank_line__isnull', False), ('remittance__isnull', False), _connector='OR'), models.Q(('reason', ''), _negated=True), ('matched_by__isnull', False)), _connector='OR'), name='deposit_match_sides'),
        ),
        migrations.AddConstraint(
            model_name='depositmatch',
            constraint=models.CheckConstraint(condition=models.Q(('method', 'trace'), ('matched_by__isnull', False), _connector='OR'), name='deposit_match_by_whom'),
        ),
        migrations.AddField(
            model_name='remittance',
            name='trace_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Upper(django.db.models.functions.text.Replace('trace_number', models.Value(' '), models.Value(''))), models.Value('0'), function='LTRIM'), output_field=models.CharField(max_length=50)),
        ),
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(fields=['practice', 'trace_key'], name='remittance_trace_key'),
        ),
        *wall("billing_bankline", "billing_bankstatement", "billing_depositmatch"),
        *append_only("billing_bankline"),
        *never_deleted("billing_bankstatement", "billing_depositmatch"),
        *refers_to("billing_bankline", statement_id="billing_bankstatement"),
        *refers_to(
            "billing_depositmatch",
            bank_line_id="billing_bankline",
            remittance_id="billing_remittance",
        ),
        DEPOSIT_SUMS,
        UNDO_ONLY,
    ]
