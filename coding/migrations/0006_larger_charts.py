"""A chart holds more than one claim does; billing splits what is too large."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0005_work_and_desk'),
        ('rcm', '0009_practice_usage'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='encounterdiagnosis',
            name='diagnosis_position_1_to_25',
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 1998)), name='charge_position_1_to_1998'),
        ),
        migrations.AddConstraint(
            model_name='encounterdiagnosis',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 50)), name='diagnosis_position_1_to_50'),
        ),
    ]
