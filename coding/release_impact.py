"""What the releases of code sets mean for a practice: which is in force, what each changes for it.

Claim rules are billing's to look at; here are charts and fee schedules.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from coding.models import CodeChange, CodeRelease

# A release that runs out within so many days is worth a word.
SOON_DAYS = 45
# More than this are counted, not listed.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class SetState:
    """One code set today: the release in force, those to come, and what to worry about."""

    code_set: str
    label: str
    current: CodeRelease | None
    coming: tuple[CodeRelease, ...]
    previews: tuple[CodeRelease, ...]
    tone: str
    warning: str


def set_states(today: date) -> list[SetState]:
    """Every code set with its release of today. One statement."""
    by_set: dict[str, list[CodeRelease]] = {}
    releases = CodeRelease.objects.exclude(state=CodeRelease.State.REPLACED)
    for release in releases.order_by("-starts_on", "-pk"):
        by_set.setdefault(release.code_set, []).append(release)
    return [
        state_of(kind, label, by_set.get(kind, []), today)
        for kind, label in CodeRelease.CodeSet.choices
    ]


def state_of(code_set: str, label: str, releases: list[CodeRelease], today: date) -> SetState:
    loaded = [row for row in releases if row.state == CodeRelease.State.LOADED]
    current = next((row for row in loaded if row.starts_on <= today), None)
    coming = tuple(row for row in reversed(loaded) if row.starts_on > today)
    previews = tuple(row for row in releases if row.state == CodeRelease.State.PREVIEWED)
    tone, warning = warning_of(current, coming, today)
    return SetState(code_set, label, current, coming, previews, tone, warning)


def warning_of(
    current: CodeRelease | None, coming: tuple[CodeRelease, ...], today: date
) -> tuple[str, str]:
    """(tone, words); a release that ran out says nothing of the codes of today."""
    if current is None:
        return "amber", "Not loaded"
    ends_on = current.ends_on
    if ends_on is None or (coming and coming[0].starts_on <= ends_on + timedelta(days=1)):
        return "green", "In force"
    if ends_on < today:
        return "red", f"Out of date since {ends_on + timedelta(days=1):%m/%d/%Y}: load the next one"
    if ends_on <= today + timedelta(days=SOON_DAYS):
        return "amber", f"Runs out on {ends_on:%m/%d/%Y}: load the next one"
    return "green", "In force"


@dataclass(frozen=True, slots=True)
class TouchedChart:
    """A chart that is not coded yet and holds a code that is not valid on its day any more."""

    encounter_id: int
    number: str
    date_of_service: date
    code: str
    label: str
    last_on: date


@dataclass(frozen=True, slots=True)
class TouchedFee:
    """A price that goes on after its code ended."""

    schedule: str
    code: str
    modifier: str
    amount: Decimal
    last_on: date


@dataclass(frozen=True, slots=True)
class Impact:
    """What a release changes for one practice. Lists end at 200; `is_cut` says that there is more.

    `counts` is (kind, how many codes) of the release as a whole.
    """

    counts: tuple[tuple[str, int], ...]
    charts: tuple[TouchedChart, ...]
    fees: tuple[TouchedFee, ...]
    is_cut: bool


def impact_of(practice_id: int, release: CodeRelease) -> Impact:
    """What a loaded or previewed release touches in a practice. Three statements."""
    charts = [TouchedChart(*row) for row in rows_of(CHARTS, practice_id, release)]
    fees = [TouchedFee(*row) for row in rows_of(FEES, practice_id, release)]
    counted = dict(
        CodeChange.objects.filter(release=release)
        .values_list("kind")
        .annotate(count=Count("pk"))
        .order_by("kind")
    )
    counts = [(label, counted.get(kind, 0)) for kind, label in CodeChange.Kind.choices]
    return Impact(
        counts=tuple(counts),
        charts=tuple(charts[:MOST_LISTED]),
        fees=tuple(fees[:MOST_LISTED]),
        is_cut=max(len(charts), len(fees)) > MOST_LISTED,
    )


# A split code is a heading now: it can be billed no longer either. The charts that are not coded
# yet come first, by the indexes encounter_open_day and encounter_queue; the codes of those of years
# are not looked at.
CHARTS = """
    WITH gone AS MATERIALIZED (
        SELECT system, code, last_on FROM coding_codechange
        WHERE release_id = %(release)s AND kind IN ('ended', 'split')
    ), waiting AS MATERIALIZED (
        SELECT id, number, date_of_service FROM coding_encounter
        WHERE practice_id = %(practice)s AND state IN ('new', 'in_coding', 'returned')
            AND date_of_service > (SELECT min(last_on) FROM gone)
        UNION ALL
        SELECT id, number, date_of_service FROM coding_encounter
        WHERE practice_id = %(practice)s AND state = 'held'
            AND date_of_service > (SELECT min(last_on) FROM gone)
    )
    SELECT e.id, e.number, e.date_of_service, named.code, named.label, gone.last_on
    FROM waiting e CROSS JOIN LATERAL (
        SELECT code, label, 'icd10cm' AS system
        FROM coding_encounterdiagnosis WHERE encounter_id = e.id
        UNION ALL
        SELECT procedure_code, label, 'procedure' FROM coding_charge WHERE encounter_id = e.id
        -- Kept apart: planned together, the tables may be read as a whole.
        OFFSET 0
    ) AS named
    JOIN gone ON gone.system = named.system AND gone.code = named.code
        AND e.date_of_service > gone.last_on
    ORDER BY e.date_of_service, e.id, named.code LIMIT %(most)s
"""
FEES = """
    SELECT s.name, f.procedure_code, f.modifier, f.amount, c.last_on
    FROM payers_fee f JOIN payers_feeschedule s ON s.id = f.schedule_id
    JOIN coding_codechange c ON c.release_id = %(release)s AND c.system = 'procedure'
        AND c.code = f.procedure_code AND c.kind IN ('ended', 'split')
    WHERE f.practice_id = %(practice)s AND (f.ends_on IS NULL OR f.ends_on > c.last_on)
    ORDER BY s.name, f.procedure_code, f.modifier LIMIT %(most)s
"""


def rows_of(sql: str, practice_id: int, release: CodeRelease) -> list[tuple[Any, ...]]:
    params = {"practice": practice_id, "release": release.pk, "most": MOST_LISTED + 1}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
