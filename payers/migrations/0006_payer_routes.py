"""Ways to payers by channel and transaction; practices with a production channel are in production."""

import django.db.models.deletion
from django.db import migrations, models

from rcm.walls import wall

# What was so until now is written down: who is in production, and which of several channels sent.
AS_BEFORE = migrations.RunSQL(
    sql="""
    SELECT set_config('rcm.practices', coalesce(
        (SELECT '{' || string_agg(id::text, ',') || '}' FROM rcm_practice), ''), true);
    UPDATE rcm_practice SET is_production = true WHERE id IN (
        SELECT practice_id FROM payers_channel WHERE is_active GROUP BY practice_id
        HAVING NOT bool_or(is_test));
    UPDATE payers_channel SET is_default = true WHERE id IN (
        SELECT min(id) FROM payers_channel WHERE is_active GROUP BY practice_id
        HAVING count(*) > 1);
    SELECT set_config('rcm.practices', '', true);
    """,
    reverse_sql=migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('payers', '0005_edit_tables'),
        ('rcm', '0009_practice_usage'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayerRoute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.CharField(choices=[('837P', 'Professional claims'), ('837I', 'Institutional claims'), ('270', 'Eligibility'), ('276', 'Claim status'), ('835', 'Remittances')], max_length=4)),
                ('payer_identifier', models.CharField(max_length=20)),
                ('enrolment', models.CharField(choices=[('not_needed', 'Not needed'), ('requested', 'Requested'), ('approved', 'Approved'), ('refused', 'Refused')], default='not_needed', max_length=10)),
                ('requested_on', models.DateField(blank=True, null=True)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('is_active', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='channel',
            name='is_default',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('practice',), name='channel_default_once'),
        ),
        migrations.AddField(
            model_name='payerroute',
            name='channel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routes', to='payers.channel'),
        ),
        migrations.AddField(
            model_name='payerroute',
            name='payer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routes', to='payers.payer'),
        ),
        migrations.AddField(
            model_name='payerroute',
            name='practice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rcm.practice'),
        ),
        migrations.AddConstraint(
            model_name='payerroute',
            constraint=models.UniqueConstraint(fields=('payer', 'channel', 'transaction'), name='payer_route_once'),
        ),
        migrations.AddConstraint(
            model_name='payerroute',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('payer', 'transaction'), name='payer_route_active_once'),
        ),
        migrations.AddConstraint(
            model_name='payerroute',
            constraint=models.CheckConstraint(condition=models.Q(('transaction__in', ['837P', '837I', '270', '276', '835'])), name='payer_route_transaction'),
        ),
        migrations.AddConstraint(
            model_name='payerroute',
            constraint=models.CheckConstraint(condition=models.Q(('payer_identifier', ''), _negated=True), name='payer_route_has_identifier'),
        ),
        migrations.AddConstraint(
            model_name='payerroute',
            constraint=models.CheckConstraint(condition=models.Q(('enrolment', 'not_needed'), models.Q(('decided_on__isnull', True), ('enrolment', 'requested'), ('requested_on__isnull', False)), models.Q(('decided_on__isnull', False), ('enrolment__in', ['approved', 'refused'])), _connector='OR'), name='payer_route_enrolment_dates'),
        ),
        *wall("payers_payerroute"),
        AS_BEFORE,
    ]
