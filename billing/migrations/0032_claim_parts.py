"""A visit too large for one claim is several, counted; a file goes with one of them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0031_unbilled_visits'),
        ('coding', '0006_larger_charts'),
        ('payers', '0011_fee_shares'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='claim',
            name='claim_original_once',
        ),
        migrations.RemoveConstraint(
            model_name='claimattachment',
            name='attachment_bytes_once',
        ),
        migrations.AddField(
            model_name='claim',
            name='part',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='claim',
            name='parts',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='claimattachment',
            name='part',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('status', 'voided'), _negated=True)), fields=('encounter', 'rank', 'part'), name='claim_original_once'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('part__gte', 1), ('part__lte', models.F('parts'))), name='claim_part_of_parts'),
        ),
        migrations.AddConstraint(
            model_name='claimattachment',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_from__isnull', True)), fields=('encounter', 'rank', 'part', 'sha256'), name='attachment_bytes_once'),
        ),
    ]
