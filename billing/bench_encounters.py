"""Coded visits in any number for the claims benchmark: one statement, invented people.

Each patient comes twice, a week apart. A visit has one to five procedures, three on average: an
office visit, a test or small procedure, and made-up codes of the made-up edit tables, so that
looking up pairs and units finds something.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from billing.bench_posting import make_bench_practice
from coding.models import Code
from payers.bench_tables import made_up_codes
from payers.models import Channel, Payer
from rcm.bench.generate import FIRST_NAMES, LAST_NAMES, LINES_BY_TURN
from rcm.models import Practice

FIRST_DAY = date(2026, 10, 1)
TODAY = date(2026, 11, 26)
BILLING_NPI = "1245319599"  # with a right check digit, unlike the one the generated 835 pays
VISITS = ("99212", "99213", "99214", "99215")
TESTS = ("36415", "93000", "71046", "73030", "76700", "94010", "11102", "96372")
STEP = 26  # every so many of the made-up codes is used: a practice has some hundred
DIAGNOSES = ("E119", "I10", "M1711", "J069", "R0789", "E785", "K219", "R5383")
PAYER = {
    "name": "Bench Medicare",
    "short_name": "Medicare",
    "payer_class": "medicare",
    "filing_indicator": "MB",
}
CHANNEL = {
    "host": "127.0.0.1",
    "username": "bench",
    "secret_name": "RCM_CHANNEL_SECRET_SANDBOX",
    "submitter_id": "NB001",
    "receiver_id": "SBX001",
    "receiver_name": "SANDBOX",
}
# hashint8 is the same for the same id, so two runs in two new databases have the same claims.
SEED = """
WITH person AS (
    INSERT INTO rcm_patient (practice_id, mrn, first_name, last_name, middle_name, birth_date, sex,
        address_line_1, address_line_2, city, state, zip_code, phone)
    SELECT %(practice)s, %(run)s || n, (%(first_names)s)[1 + n %% 12],
        (%(last_names)s)[1 + n %% 10] || (%(last_names)s)[1 + n / 10 %% 10], '',
        date '1936-01-01' + n %% 9000, CASE n %% 2 WHEN 0 THEN 'F' ELSE 'M' END,
        n || ' ELM ST', '', 'SPRINGFIELD', 'IL', '627021111', ''
    FROM generate_series(1, %(patients)s) AS n
    RETURNING id
), policy AS (
    INSERT INTO payers_coverage (practice_id, patient_id, payer_id, rank, member_id, group_number,
        relationship, medicare_secondary_type, subscriber_first_name, subscriber_last_name,
        subscriber_sex, starts_on)
    SELECT %(practice)s, id, %(payer)s, 'P', '1EG4TE5MK' || lpad((id %% 100)::text, 2, '0'), '',
        '18', '', '', '', '', date '2020-01-01'
    FROM person
    RETURNING id, patient_id
), visit AS (
    INSERT INTO coding_encounter (practice_id, number, patient_id, coverage_id, provider_id,
        location_id, date_of_service, visit_type, specialty, priority, authorization_number,
        state, hold_reason, finalized_at, version)
    SELECT %(practice)s, %(run)s || p.patient_id || turn, p.patient_id, p.id, %(provider)s,
        %(location)s, date %(first_day)s + abs(hashint8(p.id)) %% 40 + (turn = 'B')::int * 7,
        'Established', 'Primary care', 0, '', 'finalized', '', now(), 1
    FROM policy p CROSS JOIN (VALUES ('A'), ('B')) AS turns (turn)
    RETURNING id
), numbered AS (
    SELECT id, abs(hashint8(id)::bigint) AS luck FROM visit
), diagnosis AS (
    INSERT INTO coding_encounterdiagnosis (practice_id, encounter_id, position, code, label,
        evidence, present_on_admission)
    SELECT %(practice)s, id, position, (%(diagnoses)s)[1 + (luck + position * 3) %% 8], '', '', ''
    FROM numbered CROSS JOIN generate_series(1, 2) AS position
)
INSERT INTO coding_charge (practice_id, encounter_id, position, procedure_code, label, modifiers,
    units, pointers, drug_code, revenue_code, evidence, amount_billed, is_frozen)
SELECT %(practice)s, id, position,
    CASE
        WHEN position = 1 THEN (%(visits)s)[1 + luck %% cardinality(%(visits)s)]
        WHEN position = 2 THEN (%(tests)s)[1 + luck / 7 %% cardinality(%(tests)s)]
        ELSE (%(codes)s)[1 + (luck + position * (1 + luck / 11 %% 97)) %% cardinality(%(codes)s)]
    END,
    '', '{}', 1, '{1,2}', '', '', '', 20 + luck %% 400, true
FROM numbered CROSS JOIN generate_series(1, 5) AS position
WHERE position <= (%(lines)s)[1 + luck %% 5]
"""


def make_billing_practice() -> tuple[Practice, dict[str, int]]:
    """The practice that bills, its Medicare payer and its channel; the ids its visits refer to."""
    practice, ids = make_bench_practice(BILLING_NPI)
    payer, _ = Payer.objects.get_or_create(practice=practice, payer_id="SMIL0", defaults=PAYER)
    Channel.objects.get_or_create(practice=practice, name="Bench", defaults=CHANNEL)
    return practice, ids | {"payer": payer.pk}


def add_code_set() -> None:
    """The diagnoses the visits have and their headings, as if a release were loaded."""
    headings = {code[:length] for code in DIAGNOSES for length in range(3, len(code))}
    Code.objects.bulk_create(
        (
            Code(
                system=Code.System.ICD10CM,
                code=code,
                label="Made up",
                is_billable=code in DIAGNOSES,
                starts_on=date(2025, 10, 1),
                search_text="",
            )
            for code in sorted({*DIAGNOSES, *headings})
        ),
        ignore_conflicts=True,
    )


def seed_visits(ids: Mapping[str, int], run: str, visits: int) -> None:
    """Commit `visits` coded, priced visits (an even number) of the run named `run`."""
    values: dict[str, Any] = {
        "run": run,
        "patients": visits // 2,
        "first_day": FIRST_DAY,
        "first_names": list(FIRST_NAMES),
        "last_names": list(LAST_NAMES),
        "diagnoses": list(DIAGNOSES),
        "visits": list(VISITS),
        "tests": list(TESTS),
        # The limit of every seventh made-up code is no unit at all.
        "codes": [c for n, c in enumerate(made_up_codes()) if n % STEP == 1 and n % 7],
        "lines": list(LINES_BY_TURN),
    }
    with connection.cursor() as db:
        db.execute(SEED, {**ids, **values})
