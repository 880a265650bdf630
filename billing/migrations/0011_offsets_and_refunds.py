"""Links of provider adjustments, refunds, and who works on what."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import never_deleted, refers_to, wall

LINK_HOLDS = """
CREATE FUNCTION offset_link_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opening record;
    closing record;
    taken numeric;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone <> '' OR (NEW.practice_id, NEW.opening_id, NEW.closing_id, NEW.amount,
            NEW.method) IS DISTINCT FROM (OLD.practice_id, OLD.opening_id, OLD.closing_id,
            OLD.amount, OLD.method) THEN
            RAISE EXCEPTION 'an offset link is never changed, only undone'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Both entries are locked in the order of their keys, so that two links of one entry wait for
    -- each other, and the sums below see what the first one wrote.
    PERFORM 1 FROM billing_provideradjustment
    WHERE id IN (NEW.opening_id, NEW.closing_id) ORDER BY id FOR UPDATE;
    SELECT a.amount, a.practice_id, r.payer_identifier INTO opening
    FROM billing_provideradjustment a JOIN billing_remittance r ON r.id = a.remittance_id
    WHERE a.id = NEW.opening_id;
    SELECT a.amount, a.practice_id, r.payer_identifier INTO closing
    FROM billing_provideradjustment a JOIN billing_remittance r ON r.id = a.remittance_id
    WHERE a.id = NEW.closing_id;
    IF opening.practice_id IS DISTINCT FROM NEW.practice_id
        OR closing.practice_id IS DISTINCT FROM NEW.practice_id
        OR opening.payer_identifier IS DISTINCT FROM closing.payer_identifier THEN
        RAISE EXCEPTION 'an offset link joins entries of one payer and practice'
            USING ERRCODE = 'check_violation';
    END IF;
    IF sign(opening.amount) * sign(closing.amount) <> -1 THEN
        RAISE EXCEPTION 'an offset link joins entries of opposite signs'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(amount), 0) INTO taken FROM billing_offsetlink
    WHERE undone = '' AND NEW.opening_id IN (opening_id, closing_id);
    IF taken + NEW.amount > abs(opening.amount) THEN
        RAISE EXCEPTION 'an offset link closes more than is open' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(amount), 0) INTO taken FROM billing_offsetlink
    WHERE undone = '' AND NEW.closing_id IN (opening_id, closing_id);
    IF taken + NEW.amount > abs(closing.amount) THEN
        RAISE EXCEPTION 'an offset link closes more than is open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offset_link_holds BEFORE INSERT OR UPDATE ON billing_offsetlink
    FOR EACH ROW EXECUTE FUNCTION offset_link_holds();
"""
UNDO_LINK_HOLDS = """
DROP TRIGGER offset_link_holds ON billing_offsetlink;
DROP FUNCTION offset_link_holds();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_manual_batches'),
        ('rcm', '0004_lean_events'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OffsetLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('method', models.CharField(choices=[('reference', 'Same reference'), ('amount', 'By amount'), ('person', 'By a person')], max_length=10)),
                ('linked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone', models.CharField(blank=True, choices=[('person', 'By a person'), ('taken_back', 'A posting was taken back')], max_length=10)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=22)),
                ('owner', models.CharField(choices=[('payer', 'Payer'), ('patient', 'Patient')], max_length=7)),
                ('kind', models.CharField(choices=[('refund', 'Refund'), ('offset', 'Offset')], max_length=6)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('target_account', models.CharField(blank=True, max_length=22)),
                ('reason', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('requested', 'Needs approval'), ('approved', 'Approved'), ('declined', 'Declined'), ('paid', 'Paid'), ('cancelled', 'Cancelled')], max_length=9)),
                ('needs_approval', models.BooleanField()),
                ('requested_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.CharField(blank=True, max_length=300)),
                ('paid_on', models.DateField(null=True)),
                ('reference', models.CharField(blank=True, max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name='WorkOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(blank=True, max_length=22)),
                ('assigned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='provideradjustment',
            name='claim',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='provider_adjustments', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='provideradjustment',
            name='looked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='provideradjustment',
            name='refers_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referred_by', to='billing.remittance'),
        ),
        migrations.AddIndex(
            model_name='provideradjustment',
            index=models.Index(condition=models.Q(('looked_at__isnull', True)), fields=['practice', 'remittance'], name='provider_adjustment_fresh'),
        ),
        migrations.AddField(
            model_name='offsetlink',
            name='closing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_as_closing', to='billing.provideradjustment'),
        ),
        migrations.AddField(
            model_name='offsetlink',
            name='linked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='offsetlink',
            name='opening',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_as_opening', to='billing.provideradjustment'),
        ),
        migrations.AddField(
            model_name='offsetlink',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='offsetlink',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='refund',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='refund',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='target_claim',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offsets_received', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='workowner',
            name='assigned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workowner',
            name='claim',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_owners', to='billing.claim'),
        ),
        migrations.AddField(
            model_name='workowner',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workowner',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddField(
            model_name='workowner',
            name='remittance',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_owner', to='billing.remittance'),
        ),
        migrations.AddConstraint(
            model_name='offsetlink',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='offset_link_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='offsetlink',
            constraint=models.CheckConstraint(condition=models.Q(('opening', models.F('closing')), _negated=True), name='offset_link_between_two'),
        ),
        migrations.AddConstraint(
            model_name='offsetlink',
            constraint=models.UniqueConstraint(condition=models.Q(('undone', '')), fields=('opening', 'closing'), name='offset_link_once'),
        ),
        migrations.AddConstraint(
            model_name='offsetlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone', ''), ('undone_at__isnull', True)), models.Q(models.Q(('undone', ''), _negated=True), ('undone_at__isnull', False)), _connector='OR'), name='offset_link_undone_has_time'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['practice', 'state', '-id'], name='refund_list'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('needs_approval', False), ('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='refund_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('needs_approval', False), models.Q(('state__in', ['approved', 'paid']), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='refund_approved_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'paid'), _negated=True), ('paid_on__isnull', False), _connector='OR'), name='refund_paid_has_day'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'refund'), ('target_account', ''), ('target_claim__isnull', True)), models.Q(('kind', 'offset'), ('target_account__in', ('primary_receivable', 'secondary_receivable', 'tertiary_receivable', 'patient_receivable')), ('target_claim__isnull', False), models.Q(('target_claim', models.F('claim')), _negated=True)), _connector='OR'), name='refund_offset_has_target'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account', 'patient_receivable'), ('owner', 'patient')), models.Q(('account__in', ('primary_receivable', 'secondary_receivable', 'tertiary_receivable')), ('owner', 'payer')), _connector='OR'), name='refund_owner_fits_account'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'approved', 'declined', 'paid', 'cancelled'])), name='refund_state_known'),
        ),
        migrations.AddConstraint(
            model_name='workowner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account', ''), ('claim__isnull', True), ('remittance__isnull', False)), models.Q(('claim__isnull', False), ('remittance__isnull', True), models.Q(('account', ''), _negated=True)), _connector='OR'), name='work_owner_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='workowner',
            constraint=models.UniqueConstraint(condition=models.Q(('claim__isnull', False)), fields=('claim', 'account'), name='work_owner_of_credit_once'),
        ),
        migrations.RunSQL(sql=LINK_HOLDS, reverse_sql=UNDO_LINK_HOLDS),
        *wall("billing_offsetlink", "billing_refund", "billing_workowner"),
        *refers_to("billing_refund", claim_id="billing_claim", target_claim_id="billing_claim"),
        *refers_to(
            "billing_workowner", claim_id="billing_claim", remittance_id="billing_remittance"
        ),
        *refers_to(
            "billing_provideradjustment",
            claim_id="billing_claim",
            refers_to_id="billing_remittance",
        ),
        *never_deleted("billing_offsetlink", "billing_refund"),
    ]
