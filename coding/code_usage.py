"""The codes a practice uses most, which the pick list puts first among equals.

Kept in the process by practice and read again after some minutes: a code used for the first time
today may come first a little later. Nobody sees what another practice uses.
"""

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

Usage = frozenset[tuple[str, str]]

FRESH_SECONDS = 600.0
DAYS = 180
# The newest charts tell enough, and reading them takes as long in a large practice as in a small.
MOST_CHARTS = 2_000
MOST_CODES = 500
# Practices remembered by one process.
MOST_PRACTICES = 500

# Index encounter_coded from its end, then the rows of all those charts in one walk down an index.
# Asked chart by chart, the walls (rcm.walls) may bring in every row of the practice each time.
USED = """
    WITH charts AS MATERIALIZED (
        SELECT array_agg(id) AS ids FROM (
            SELECT id FROM coding_encounter
            WHERE practice_id = %s AND state = 'finalized' AND finalized_at >= %s
            ORDER BY finalized_at DESC LIMIT %s
        ) AS newest
    ), used AS (
        SELECT 'icd10cm' AS system, code FROM coding_encounterdiagnosis
        WHERE encounter_id = ANY ((SELECT ids FROM charts)::bigint[])
        UNION ALL
        SELECT 'procedure', procedure_code FROM coding_charge
        WHERE encounter_id = ANY ((SELECT ids FROM charts)::bigint[]) AND procedure_code <> ''
    )
    SELECT system, code FROM used GROUP BY system, code
    ORDER BY count(*) DESC, system, code LIMIT %s
"""

# By practice: when it was read (time.monotonic) and what it uses.
_kept: dict[int, tuple[float, Usage]] = {}


def used_codes(practice_id: int) -> Usage:
    """(system, code) of at most 500 codes, from the newest charts coded in the last 180 days.

    One statement, and none for the next ten minutes. The walls must be open for the practice.
    """
    now = time.monotonic()
    kept = _kept.get(practice_id)
    if kept is not None and now - kept[0] <= FRESH_SECONDS:
        return kept[1]
    used = read_usage(practice_id)
    if len(_kept) >= MOST_PRACTICES:
        _kept.clear()
    _kept[practice_id] = (now, used)
    return used


def read_usage(practice_id: int) -> Usage:
    since = timezone.now() - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(USED, [practice_id, since, MOST_CHARTS, MOST_CODES])
        return frozenset(cursor.fetchall())


def forget_usage() -> None:
    """The next search of every practice reads again what it uses."""
    _kept.clear()
