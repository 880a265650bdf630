"""Patients' accounts at any number: made by few statements, and how long their list takes.

Everything is invented. A patient has two decided visits; of ten one has a third that no payer has
decided. `owing` of a hundred still owe the share of both, the others have paid it.
"""

import time
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client

from billing.actions import patient_statements
from billing.actions.statement_documents import join_batch
from billing.bench_posting import make_bench_practice
from billing.models import StatementBatch
from coding.bench_queue import make_coder, spread_of, tenths
from rcm import access
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import Patient, Practice, User

BATCH = 10_000
SEED = """
WITH person AS (
    INSERT INTO rcm_patient (practice_id, mrn, first_name, last_name, middle_name, birth_date, sex,
        address_line_1, address_line_2, city, state, zip_code, phone)
    SELECT %(practice)s, 'A' || n, 'Ada' || n %% 40, 'Account' || n %% 5000, '',
        date '1936-01-01' + n %% 9000, 'F', n || ' Elm Street', '', 'Springfield', 'IL', '62702', ''
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    RETURNING id, substr(mrn, 2)::int AS n
), policy AS (
    INSERT INTO payers_coverage (practice_id, patient_id, payer_id, rank, member_id, group_number,
        relationship, medicare_secondary_type, subscriber_first_name, subscriber_last_name,
        subscriber_sex, starts_on)
    SELECT %(practice)s, id, %(payer)s, 'P', 'A' || n, '', '18', '', '', '', '', date '2020-01-01'
    FROM person RETURNING id, patient_id
), visit AS (
    INSERT INTO coding_encounter (practice_id, number, patient_id, coverage_id, provider_id,
        location_id, date_of_service, visit_type, specialty, priority, authorization_number, state,
        hold_reason, finalized_at, version)
    SELECT %(practice)s, 'A' || p.n || 'V' || turn, p.id, v.id, %(provider)s, %(location)s,
        current_date - 20 - p.n %% 130, 'Established', 'Primary care', 0, '', 'finalized', '',
        now(), 1
    FROM person p JOIN policy v ON v.patient_id = p.id
    CROSS JOIN LATERAL generate_series(1, CASE WHEN p.n %% 10 = 0 THEN 3 ELSE 2 END) AS turn
    RETURNING id, patient_id, coverage_id, number, date_of_service
), claim AS (
    INSERT INTO billing_claim (practice_id, encounter_id, patient_id, coverage_id, payer_id, rank,
        status, frequency, patient_control_number, payer_claim_control_number, date_of_service,
        amount_billed, content, submitted_at, adjudicated_at)
    SELECT %(practice)s, id, patient_id, coverage_id, %(payer)s, 'P',
        CASE WHEN number LIKE '%%V3' THEN 'submitted' ELSE 'adjudicated' END, '1', number, '',
        date_of_service, 165, '{}', now(), CASE WHEN number LIKE '%%V3' THEN NULL ELSE now() END
    FROM visit RETURNING id, patient_control_number AS number, date_of_service
)
INSERT INTO billing_posting (practice_id, source, destination, amount, claim_id, origin, posted_on)
SELECT %(practice)s, m.source, m.destination, m.amount, c.id, 'bench:' || c.id || ':' || m.place,
    c.date_of_service + m.place
FROM claim c
CROSS JOIN LATERAL (SELECT split_part(substr(c.number, 2), 'V', 1)::int AS n) AS who
CROSS JOIN LATERAL (VALUES
    (1, 'revenue', 'primary_receivable', 165.00),
    (2, 'primary_receivable', 'unapplied', 72.00),
    (3, 'primary_receivable', 'contractual', 53.00),
    (4, 'primary_receivable', 'patient_receivable', 40.00 - who.n %% 39),
    (5, 'primary_receivable', 'contractual', (who.n %% 39)::numeric),
    (6, 'patient_receivable', 'cash', 40.00 - who.n %% 39)
) AS m (place, source, destination, amount)
WHERE m.amount > 0 AND (m.place = 1 OR c.number NOT LIKE '%%V3')
    AND (m.place < 6 OR who.n %% 100 >= %(owing)s)
"""
PAGES: dict[str, dict[str, str]] = {
    "owe": {},
    "owe_page_20": {"after": "40.00:0"},
    "due": {"view": "due"},
    "excluded": {"view": "excluded"},
    "credit": {"view": "credit"},
    "all": {"view": "all"},
    "named": {"q": "account77, ada"},
    "reason": {"reason": "insurance_open"},
    "four_filters": {"q": "account1", "age": "90", "least": "20", "reason": "claim_in_flight"},
}


def seed(npi: str, patients: int, *, owing: int) -> tuple[Practice, User]:
    """A practice with so many accounts, committed, and a person who looks at them."""
    with access.acting_in():
        practice, ids = make_bench_practice(npi)
        person = make_coder(practice, 0)
        found = Patient.objects.filter(practice=practice, mrn__startswith="A").count()
    for first in range(found, patients, BATCH):
        last = min(first + BATCH, patients) - 1
        with access.acting_in(practice.pk), connection.cursor() as db:
            db.execute(SEED, ids | {"first": first, "last": last, "owing": owing})
    return practice, person


def measure_list(practice: Practice, person: User, rounds: int) -> dict[str, dict[str, str]]:
    """Milliseconds (p50, p95) of each page of the list through the whole application."""
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CHOSEN_PRACTICE] = practice.pk
    session.save()
    times = {}
    for name, query in PAGES.items():
        get = partial(client.get, "/accounts/", query)
        times[name] = spread_of([tenths(get) for _ in range(rounds + 1)][1:])
    return times


def measure_statements(practice: Practice, person: User) -> dict[str, Any]:
    """A whole batch by one worker: choosing the accounts, making and printing, joining."""
    began = time.perf_counter()
    with access.acting_in(practice.pk):
        batch = patient_statements.start_batch(practice, by=person)
        accounts = batch.accounts.count()
    chosen = time.perf_counter()
    while True:
        with access.acting_in(practice.pk):
            if patient_statements.make_next(practice.pk, batch.pk) is None:
                break
    made = time.perf_counter()
    joined = join_batch(practice.pk, batch.pk)
    ended = time.perf_counter()
    with access.acting_in(practice.pk):
        kept = StatementBatch.objects.get(pk=batch.pk)
        if not accounts == joined == kept.statements.count():
            raise RuntimeError(f"{accounts} accounts, {joined} in the document")
    return {
        "statements": joined,
        "choosing_seconds": round(chosen - began, 1),
        "making_seconds": round(made - chosen, 1),
        "joining_seconds": round(ended - made, 1),
        "per_second": round(joined / (made - began), 1),
        "per_second_with_joining": round(joined / (ended - began), 1),
    }
