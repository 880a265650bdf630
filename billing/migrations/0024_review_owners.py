"""Owners of visits in charge review; room for the names of its reasons about authorizations."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0024_reroutes'),
        ('rcm', '0009_practice_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='workowner',
            name='work_owner_of_one_thing',
        ),
        migrations.AddField(
            model_name='workowner',
            name='review',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_owner', to='billing.chargereview'),
        ),
        migrations.AlterField(
            model_name='chargereview',
            name='codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None),
        ),
        migrations.AddConstraint(
            model_name='workowner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account', ''), ('claim__isnull', True), ('remittance__isnull', False), ('review__isnull', True)), models.Q(('account', ''), ('claim__isnull', True), ('remittance__isnull', True), ('review__isnull', False)), models.Q(('claim__isnull', False), ('remittance__isnull', True), ('review__isnull', True), models.Q(('account', ''), _negated=True)), _connector='OR'), name='work_owner_of_one_thing'),
        ),
    ]
