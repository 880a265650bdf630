"""A cause override asks the coder by its queue alone."""

from django.db import migrations

# The walls hold for the owner of the table, too: they are opened for every practice.
CODER_BY_QUEUE = migrations.RunSQL(
    sql="""
    SELECT set_config('rcm.practices',
        (SELECT '{' || coalesce(string_agg(id::text, ','), '') || '}' FROM rcm_practice), true);
    UPDATE denials_causeoverride SET owner_queue = 'coder' WHERE routes_to_coder;
    SELECT set_config('rcm.practices', '', true);
    """,
    reverse_sql=migrations.RunSQL.noop,
)


class Migration(migrations.Migration):

    dependencies = [
        ('denials', '0007_deadlines'),
    ]

    operations = [
        CODER_BY_QUEUE,
        migrations.RemoveField(
            model_name='causeoverride',
            name='routes_to_coder',
        ),
    ]
