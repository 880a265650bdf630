"""The denial worklist at any length: denials made by few statements, and the time its pages take.

Everything is invented. Of 100 denials 20 are open, 5 with the coder, 5 pended, 10 resubmitted and
60 resolved; each cause, payer and code has its share. Each claim has five lines that are charged
and open, so that there is a balance to follow up beside each denial.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import quantiles
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Remittance
from coding.bench_queue import make_queue_practice, seed_queue
from denials.models import Denial
from rcm import access
from rcm.memory import keep_loaded
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import Practice, User

BATCH = 50_000
CLAIMS = """
INSERT INTO billing_claim (practice_id, encounter_id, patient_id, coverage_id, payer_id, rank,
    status, frequency, form, part, parts, patient_control_number, payer_claim_control_number,
    date_of_service, amount_billed, content, overridden_codes, submitted_at, accepted_at,
    adjudicated_at)
SELECT e.practice_id, e.id, e.patient_id, e.coverage_id, c.payer_id, 'P', 'adjudicated', '1',
    'professional', 1, 1, 'B' || e.id, 'P' || e.id, e.date_of_service,
    %(lines)s * (20 + abs(hashint8(e.id)) %% 180), '{}', '{}', now(),
    now(), now()
FROM coding_encounter e JOIN payers_coverage c ON c.id = e.coverage_id
WHERE e.practice_id = %(practice)s AND e.id > %(after)s
ORDER BY e.id LIMIT %(batch)s
RETURNING id
"""
LINES_OF_CLAIM = 5
LINES = """
WITH line AS (
    INSERT INTO billing_serviceline (practice_id, claim_id, position, line_control_number,
        procedure_code, label, modifiers, units, pointers, date_of_service, amount_billed)
    SELECT c.practice_id, c.id, n, c.patient_control_number || 'L' || n, '99213', '', '{}', 1,
        '{1}', c.date_of_service, c.amount_billed / %(lines)s
    FROM billing_claim c CROSS JOIN generate_series(1, %(lines)s) AS n
    WHERE c.id = ANY (%(claims)s) ORDER BY c.id, n
    RETURNING id, practice_id, claim_id, date_of_service, amount_billed
)
INSERT INTO billing_posting (practice_id, source, destination, amount, claim_id, service_line_id,
    origin, posted_on)
SELECT practice_id, 'revenue', 'primary_receivable', amount_billed, claim_id, id,
    'line:' || id || ':charge', date_of_service
FROM line ORDER BY claim_id
"""
ANSWERS = """
INSERT INTO billing_remittedclaim (practice_id, remittance_id, position, patient_control_number,
    status_code, amount_billed, amount_paid, filing_indicator, payer_claim_control_number,
    patient_last_name, patient_first_name, member_id, remarks, details, claim_id, match_method,
    state, exception)
SELECT practice_id, %(remittance)s, id, patient_control_number, '4', amount_billed, 0, '',
    '', '', '', '', '{}', '{}', id, 'number', 'posted', ''
FROM billing_claim WHERE id = ANY (%(claims)s)
"""
DENIALS = """
INSERT INTO denials_denial (practice_id, claim_id, remitted_claim_id, payer_id, "group", reason,
    remarks, amount, category, owner_queue, state, denied_on, due_on, pended_until, pend_reason,
    assigned_to_id, resolution, resolution_note, resolved_at, worth, worth_verb)
SELECT r.practice_id, c.id, r.id, c.payer_id,
    (ARRAY['CO', 'CO', 'CO', 'PR', 'OA', 'PI'])[1 + h.n %% 6],
    (ARRAY['29', '197', '16', '50', '97', '22', '27', '18', '11', '4', '151', '109'])
        [1 + h.n / 7 %% 12],
    '{}', 20 + h.n / 3 %% 900,
    (ARRAY['timely_filing', 'authorization', 'documentation', 'coding', 'payer_policy', 'cob',
        'eligibility', 'duplicate'])[1 + h.n / 11 %% 8],
    (ARRAY['biller', 'auth', 'records', 'coder'])[1 + h.n / 13 %% 4],
    s.state, current_date - h.n %% 90, current_date - 10 + h.n / 5 %% 120,
    CASE WHEN s.state = 'pended' THEN current_date + 9 END, '',
    CASE WHEN h.n %% 3 = 0 THEN (%(people)s::bigint[])[1 + h.n / 3 %% 10] END,
    CASE WHEN s.state = 'resolved' THEN 'paid' ELSE '' END, '',
    CASE WHEN s.state = 'resolved' THEN now() END, h.n / 19 %% 9000 / 100.0, 'corrected'
FROM billing_remittedclaim r
JOIN billing_claim c ON c.id = r.claim_id
CROSS JOIN LATERAL (SELECT abs(hashint8(r.id)) AS n) h
CROSS JOIN LATERAL (SELECT CASE WHEN h.n / 17 %% 100 < 20 THEN 'open'
    WHEN h.n / 17 %% 100 < 25 THEN 'with_coder' WHEN h.n / 17 %% 100 < 30 THEN 'pended'
    WHEN h.n / 17 %% 100 < 40 THEN 'resubmitted' ELSE 'resolved' END AS state) s
WHERE r.claim_id = ANY (%(claims)s)
"""
# A third of the balances is due by now, a third of all has an owner.
FOLLOW_UPS = """
UPDATE denials_followup SET clock_on = current_date - 20 + (claim_id %% 60)::int,
    owner_id = CASE WHEN claim_id %% 3 = 0 THEN (%(people)s::bigint[])[1 + claim_id / 3 %% 10] END
WHERE claim_id = ANY (%(claims)s)
"""
FIVE = {
    "state": "waiting",
    "category": "authorization",
    "payer": "QMEDI",
    "amount_from": "100",
    "left": "30",
    "owner": "none",
}
# Name -> address and query. The balances of open denials are followed up only when asked for.
PAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "open": ("/denials/", {}),
    "waiting": ("/denials/", {"state": "waiting"}),
    "five_filters": ("/denials/", FIVE),
    "mine": ("/denials/", {"state": "waiting", "owner": "me"}),
    "large": ("/denials/", {"state": "waiting", "amount_from": "500.01", "sort": "-amount"}),
    "worth_most": ("/denials/", {"sort": "best"}),
    "groups": ("/denials/", {"group": "1"}),
    "groups_five_filters": ("/denials/", {**FIVE, "group": "1"}),
    "follow_up": ("/follow-up/", {}),
    "follow_up_all": ("/follow-up/", {"view": "all"}),
    "follow_up_filters": (
        "/follow-up/",
        {"view": "all", "bucket": "31-60", "payer_class": "medicare"},
    ),
}


def seed(npi: str, count: int) -> tuple[Practice, User]:
    """A practice with so many denials, committed, and the person who looks at them."""
    practice, people, ids = make_queue_practice(npi)
    seed_queue(practice, people, ids, count)
    with access.acting_in(practice.pk):
        remittance, _ = Remittance.objects.get_or_create(
            practice=practice,
            trace_number="BENCH",
            defaults={
                "source": Remittance.Source.MANUAL,
                "payer_identifier": "BENCH",
                "paid_on": timezone.localdate(),
                "amount_paid": 0,
                "state": "posted",
            },
        )
        have = Denial.objects.filter(practice=practice).count()
        last = 0 if have == 0 else 2**62
    facts: dict[str, Any] = {"practice": practice.pk, "remittance": remittance.pk, "batch": BATCH}
    facts |= {"people": [person.pk for person in people], "lines": LINES_OF_CLAIM}
    while True:
        with access.acting_in(practice.pk), connection.cursor() as db:
            db.execute(CLAIMS, facts | {"after": last})
            claims = [pk for (pk,) in db.fetchall()]
            if not claims:
                break
            for statement in (LINES, FOLLOW_UPS, ANSWERS, DENIALS):
                db.execute(statement, facts | {"claims": claims})
            db.execute("SELECT max(encounter_id) FROM billing_claim WHERE id = ANY (%s)", [claims])
            last = db.fetchone()[0]
    return practice, people[0]


def measure(practice: Practice, person: User, rounds: int) -> dict[str, dict[str, str]]:
    """Milliseconds (p50, p95) of each page through the whole application, and its statements."""
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CHOSEN_PRACTICE] = practice.pk
    session.save()
    found = {}
    keep_loaded()
    for name, (address, query) in PAGES.items():
        get = partial(client.get, address, dict(query))
        timed(get)
        with CaptureQueriesContext(connection) as captured:
            timed(get)
        statements = len(captured)
        found[name] = spread([timed(get) for _ in range(rounds)])
        found[name]["statements"] = str(statements)
    return found


def timed(act: Callable[[], Any]) -> int:
    """How long it took, in tenths of a millisecond."""
    began = time.perf_counter_ns()
    answer = act()
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")
    return (time.perf_counter_ns() - began) // 100_000


def spread(times: list[int]) -> dict[str, str]:
    cuts = quantiles(times[1:], n=20)
    return {"p50_ms": f"{cuts[9] / 10:.1f}", "p95_ms": f"{cuts[18] / 10:.1f}"}


def explain(practice: Practice) -> list[str]:
    """How PostgreSQL sums the groups of all open denials."""
    with access.acting_in(practice.pk), connection.cursor() as db:
        db.execute(
            'EXPLAIN (ANALYZE, BUFFERS) SELECT category, payer_id, "group", reason, count(*),'
            " sum(amount) FROM denials_denial WHERE practice_id = %s AND state = 'open'"
            " GROUP BY 1, 2, 3, 4",
            [practice.pk],
        )
        return [line for (line,) in db.fetchall()]
