"""Open insurance balances as work, kept by the ledger's own statements, and the walls around it."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import append_only, wall


ACCOUNT_OF = """CASE c.rank WHEN 'P' THEN 'primary_receivable' WHEN 'S' THEN 'secondary_receivable'
    ELSE 'tertiary_receivable' END"""
# The sums of some moves with whom they are owed by: the claim's payer, or for the account of another
# rank the coverage's of that rank on the day of service.
OWED = f"""
    SELECT m.practice_id, m.claim_id, m.account,
        CASE WHEN m.account = {ACCOUNT_OF} THEN c.payer_id ELSE (
            SELECT v.payer_id FROM payers_coverage v
            WHERE v.patient_id = c.patient_id AND v.rank = upper(left(m.account, 1))
                AND v.starts_on <= c.date_of_service
                AND (v.ends_on IS NULL OR v.ends_on >= c.date_of_service)
            ORDER BY v.id LIMIT 1) END,
        e.provider_id, e.location_id, c.date_of_service, m.balance,
        current_date + CASE WHEN m.account = {ACCOUNT_OF} THEN 7 ELSE 30 END,
        CASE WHEN m.by_payer THEN clock_timestamp() END
    FROM (
        SELECT practice_id, claim_id, account, sum(amount) AS balance,
            bool_or(remittance_id IS NOT NULL) AS by_payer
        FROM (
            SELECT practice_id, claim_id, remittance_id, destination AS account, amount FROM %s
            UNION ALL
            SELECT practice_id, claim_id, remittance_id, source, -amount FROM %s
        ) sides
        WHERE claim_id IS NOT NULL AND account IN
            ('primary_receivable', 'secondary_receivable', 'tertiary_receivable')
        GROUP BY practice_id, claim_id, account
    ) m
    JOIN billing_claim c ON c.id = m.claim_id
    JOIN coding_encounter e ON e.id = c.encounter_id
    ORDER BY m.claim_id, m.account
"""  # noqa: S608  statements of our own
COLUMNS = """practice_id, claim_id, account, payer_id, provider_id, location_id, date_of_service,
    balance, clock_on, changed_at"""
WALLED = ("billing_posting", "billing_claim", "coding_encounter", "payers_coverage")


def lifted(statement: str) -> str:
    """The statement without walls: they bind the owner as well."""
    down = "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;\n" for table in WALLED)
    up = "".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n" for table in WALLED)
    # What is checked at the end of a transaction would keep the tables from being altered.
    return f"{down}{statement};\nSET CONSTRAINTS ALL IMMEDIATE;\nSET CONSTRAINTS ALL DEFERRED;\n{up}"


# What is there before the trigger is.
FILL = lifted(
    f"INSERT INTO denials_followup ({COLUMNS}) "  # noqa: S608  statements of our own
    + OWED % ("billing_posting", "billing_posting")
)
# Each claim is looked up by its key whatever the statistics say, as references are (rcm.walls). A
# payment ends the clock of who paid; a balance that only moved keeps its work.
KEEP = f"""
CREATE FUNCTION keep_follow_ups() RETURNS trigger LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO denials_followup AS f ({COLUMNS}) {OWED % ("fresh", "fresh")}
    ON CONFLICT (claim_id, account) DO UPDATE SET
        balance = f.balance + EXCLUDED.balance,
        payer_id = EXCLUDED.payer_id, provider_id = EXCLUDED.provider_id,
        location_id = EXCLUDED.location_id, date_of_service = EXCLUDED.date_of_service,
        clock_on = CASE WHEN EXCLUDED.changed_at IS NULL THEN f.clock_on END,
        changed_at = coalesce(EXCLUDED.changed_at, f.changed_at);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_follow_ups AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION keep_follow_ups();

CREATE FUNCTION wake_follow_ups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE denials_followup SET changed_at = clock_timestamp()
    WHERE claim_id IN (SELECT claim_id FROM fresh) AND balance > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER wake_follow_ups AFTER INSERT ON billing_statusanswer
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION wake_follow_ups();
"""  # noqa: S608  statements of our own
FORGET = """
DROP TRIGGER keep_follow_ups ON billing_posting;
DROP TRIGGER wake_follow_ups ON billing_statusanswer;
DROP FUNCTION keep_follow_ups, wake_follow_ups;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0032_claim_parts'),
        ('denials', '0008_coder_by_queue'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0011_events_of_people_on_charts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=22)),
                ('date_of_service', models.DateField()),
                ('balance', models.DecimalField(decimal_places=2, max_digits=14)),
                ('next_on', models.DateField(null=True)),
                ('promised_on', models.DateField(null=True)),
                ('clock_on', models.DateField(null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('touched_at', models.DateTimeField(null=True)),
                ('touched_on', models.DateField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('escalation_reason', models.CharField(db_default='', default='', max_length=200)),
                ('due_on', models.GeneratedField(db_persist=True, expression=models.Case(models.When(changed_at__gt=models.F('touched_at'), then=models.F('date_of_service')), default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.Least(models.F('next_on'), models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('promised_on'), '+', models.Value(1)), output_field=models.DateField(null=True)), models.Case(models.When(models.Q(('touched_on__isnull', True), ('touched_on__lt', models.F('clock_on')), _connector='OR'), then=models.F('clock_on')), output_field=models.DateField(null=True))), models.F('date_of_service')), output_field=models.DateField()), output_field=models.DateField())),
                ('claim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='billing.claim')),
                ('escalated_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('location', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.servicelocation')),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payers.payer')),
                ('practice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('provider', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.provider')),
            ],
        ),
        migrations.CreateModel(
            name='FollowUpTouch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.UUIDField()),
                ('kind', models.CharField(choices=[('call', 'Call'), ('snooze', 'Snoozed'), ('escalation', 'Escalated'), ('return', 'Given back'), ('assignment', 'Assigned'), ('inquiry', 'Status asked'), ('undo', 'Taken back')], max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('in_process', 'In process'), ('payment_on_way', 'Payment is on its way'), ('wants_information', 'Wants more information'), ('not_on_file', 'No claim on file'), ('says_denied', 'Says it is denied'), ('other_payer', 'Names another payer'), ('not_reached', 'Nobody reached')], max_length=20)),
                ('answered_by', models.CharField(blank=True, max_length=80)),
                ('reference', models.CharField(blank=True, max_length=50)),
                ('promised_on', models.DateField(null=True)),
                ('next_on', models.DateField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('before', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follow_up', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='denials.followup')),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='denials.followuptouch')),
            ],
        ),
        migrations.AddField(
            model_name='followup',
            name='last_touch',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='denials.followuptouch'),
        ),
        migrations.CreateModel(
            name='PayerPattern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.PositiveIntegerField()),
                ('median_days', models.PositiveIntegerField()),
                ('slow_days', models.PositiveIntegerField()),
                ('paid_share', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('past_slow', models.PositiveIntegerField(default=0)),
                ('past_slow_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('learned_at', models.DateTimeField()),
                ('payer', models.OneToOneField(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payment_pattern', to='payers.payer')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice')),
            ],
        ),
        migrations.AddIndex(
            model_name='followuptouch',
            index=models.Index(fields=['follow_up', '-id'], name='touch_of_follow_up'),
        ),
        migrations.AddIndex(
            model_name='followuptouch',
            index=models.Index(fields=['practice', 'act'], name='touch_of_act'),
        ),
        migrations.AddConstraint(
            model_name='followuptouch',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['call', 'snooze', 'escalation', 'return', 'assignment']), ('kind__in', ['inquiry', 'undo']), _connector='OR'), name='touch_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='followuptouch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'call'), ('outcome__in', ['in_process', 'not_on_file', 'not_reached', 'other_payer', 'payment_on_way', 'says_denied', 'wants_information'])), models.Q(models.Q(('kind', 'call'), _negated=True), ('answered_by', ''), ('outcome', ''), ('promised_on__isnull', True)), _connector='OR'), name='touch_call_has_outcome'),
        ),
        migrations.AddConstraint(
            model_name='followuptouch',
            constraint=models.CheckConstraint(condition=models.Q(('next_on__isnull', False), models.Q(('kind__in', ['call', 'snooze', 'inquiry']), _negated=True), _connector='OR'), name='touch_rest_has_date'),
        ),
        migrations.AddConstraint(
            model_name='followuptouch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'escalation'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='touch_escalation_says_why'),
        ),
        migrations.AddConstraint(
            model_name='followuptouch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='touch_undo_undoes'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance', 0), _negated=True), fields=['practice', 'payer', 'date_of_service'], include=('balance', 'provider', 'location'), name='follow_up_aging'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance__gt', 0)), fields=['practice', 'due_on'], name='follow_up_due'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance__gt', 0), ('owner__isnull', False)), fields=['practice', 'owner', 'due_on'], name='follow_up_of_owner'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance__gt', 0), ('promised_on__isnull', False)), fields=['practice', 'promised_on'], name='follow_up_promised'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('balance__gt', 0), ('escalated_at__isnull', False)), fields=['practice', 'escalated_at'], name='follow_up_escalated'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(fields=('claim', 'account'), name='follow_up_once'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('account__in', ['primary_receivable', 'secondary_receivable', 'tertiary_receivable'])), name='follow_up_of_insurance'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_at__isnull', True), ('escalated_by__isnull', True), ('escalation_reason', '')), models.Q(('escalated_at__isnull', False), ('escalated_by__isnull', False), models.Q(('escalation_reason', ''), _negated=True)), _connector='OR'), name='follow_up_escalated_whole'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('touched_at__isnull', True), ('touched_on__isnull', True), ('last_touch__isnull', True)), models.Q(('touched_at__isnull', False), ('touched_on__isnull', False), ('last_touch__isnull', False)), _connector='OR'), name='follow_up_touched_whole'),
        ),
        migrations.AddConstraint(
            model_name='payerpattern',
            constraint=models.CheckConstraint(condition=models.Q(('slow_days__gte', models.F('median_days'))), name='payer_pattern_slow_is_later'),
        ),
        migrations.AddConstraint(
            model_name='payerpattern',
            constraint=models.CheckConstraint(condition=models.Q(('paid_share__isnull', True), ('paid_share__range', (0, 1)), _connector='OR'), name='payer_pattern_share'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, FORGET),
        *wall("denials_followup", "denials_followuptouch", "denials_payerpattern"),
        *append_only("denials_followuptouch"),
    ]
