"""Grants for the application role, practice walls, append-only events.

The role must exist: the embedded launcher, docker/ and docs/operations.md create it. It owns
nothing and cannot bypass row-level security.
"""

from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

from rcm.walls import REFUSE_CHANGE, append_only, wall

ROLE = settings.DATABASE_APP_ROLE

GRANTS = migrations.RunSQL(
    sql=f"""
    GRANT USAGE ON SCHEMA public TO {ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE};
    """,
    reverse_sql=migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("rcm", "0001_initial")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        GRANTS,
        REFUSE_CHANGE,
        *wall("rcm_event", "rcm_job", "rcm_patient", "rcm_provider", "rcm_servicelocation"),
        *append_only("rcm_event"),
    ]
