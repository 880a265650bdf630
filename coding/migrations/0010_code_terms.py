"""Terms of codes: titles, inclusion terms, entries of the index, our own words."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coding', '0009_audits'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300)),
                ('source', models.CharField(choices=[('title', 'Title'), ('inclusion', 'Inclusion term'), ('index', 'Index'), ('own', 'Our own word')], max_length=10)),
                ('code', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='coding.code')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'text'), name='code_term_once'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='code_term_not_empty')],
            },
        ),
    ]
