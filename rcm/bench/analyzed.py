"""Statistics for what a benchmark has just made."""

import os

from django.db import connections

from rcm.environment import env_database


def analyze() -> None:
    """What autovacuum does in its time: only the tables' owner may."""
    if not os.environ.get("RCM_TEST_OWNER_DATABASE_URL"):
        return
    owner = connections["default"].copy()
    user = env_database("RCM_TEST_OWNER_DATABASE_URL")["USER"]
    owner.settings_dict = {**owner.settings_dict, "USER": user}
    with owner.cursor() as db:
        db.execute("VACUUM ANALYZE")
    owner.close()
