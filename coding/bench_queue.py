"""The coder queue at any length: charts made by one statement, and the time its pages take.

`seed_queue` and `measure_queue` are what a benchmark calls.

Everything is invented. The spread is that of a busy practice: most charts wait, a third has an
owner, a few are held or came back, and each specialty, payer and visit type has its share.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from statistics import quantiles
from typing import Any

from django.db import connection
from django.test import Client

from coding.actions.codes import add_line
from coding.actions.encounters import complete_encounter, next_encounter, put_down
from coding.models import Code, Encounter
from payers.models import Payer
from rcm import access
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import Membership, Practice, Provider, Role, ServiceLocation, User

NPI = "1992739104"
CODERS = 10
PROVIDERS = 20
CLASSES = ("medicare", "medicaid", "blue", "commercial", "advantage")
SPECIALTIES = ("Primary care", "Cardiology", "Orthopedics", "Dermatology", "Neurology")
VISITS = ("Established", "New", "Procedure", "Telehealth")
BATCH = 100_000
# Of 100 charts: 85 to code, 2 in coding at nobody's, 3 returned, 5 held, 5 coded before.
SEED = """
WITH person AS (
    INSERT INTO rcm_patient (practice_id, mrn, first_name, last_name, middle_name, birth_date, sex,
        address_line_1, address_line_2, city, state, zip_code, phone)
    SELECT %(practice)s, 'Q' || n, 'Ada', 'Queue' || n %% 5000, '',
        date '1936-01-01' + n %% 9000, CASE n %% 2 WHEN 0 THEN 'F' ELSE 'M' END,
        n || ' Elm Street', '', 'Springfield', 'IL', '62702', ''
    FROM generate_series(%(first)s::int, %(last)s::int, 4) AS n
    RETURNING id, (substr(mrn, 2))::int AS n
), policy AS (
    INSERT INTO payers_coverage (practice_id, patient_id, payer_id, rank, member_id, group_number,
        relationship, medicare_secondary_type, subscriber_first_name, subscriber_last_name,
        subscriber_sex, starts_on)
    SELECT %(practice)s, id, (%(payers)s::bigint[])[1 + n / 4 %% 5], 'P', 'Q' || n, '', '18', '',
        '', '', '', date '2020-01-01'
    FROM person
    RETURNING id, patient_id
), visit AS (
    INSERT INTO coding_encounter (practice_id, number, patient_id, coverage_id, provider_id,
        location_id, date_of_service, visit_type, specialty, priority, authorization_number, state,
        owner_id, hold_reason, hold_until, finalized_at, version)
    SELECT %(practice)s, 'Q' || m, person.id, policy.id,
        (%(providers)s::bigint[])[1 + m / 7 %% %(many_providers)s], %(location)s,
        current_date - m %% 60, (%(visits)s)[1 + m / 3 %% 4], (%(specialties)s)[1 + m / 11 %% 5],
        abs(hashint4(m)) %% 40 + CASE WHEN m %% 60 > 45 THEN 200 ELSE 0 END, '',
        CASE WHEN m %% 100 < 85 THEN 'new' WHEN m %% 100 < 87 THEN 'in_coding'
            WHEN m %% 100 < 90 THEN 'returned' WHEN m %% 100 < 95 THEN 'held'
            ELSE 'finalized' END,
        CASE WHEN m %% 3 = 0 THEN (%(coders)s::bigint[])[1 + m / 3 %% %(many_coders)s] END,
        CASE WHEN m %% 100 BETWEEN 90 AND 94 THEN 'Waiting for a result or report' ELSE '' END,
        CASE WHEN m %% 100 BETWEEN 90 AND 94 THEN current_date - 2 + m %% 20 END,
        CASE WHEN m %% 100 >= 95 THEN now() - (m %% 30) * interval '1 day' END, 1
    FROM person JOIN policy ON policy.patient_id = person.id
    CROSS JOIN LATERAL (SELECT person.n + turn AS m FROM generate_series(0, 3) AS turn) AS visits
    WHERE m <= %(last)s
    RETURNING id
)
INSERT INTO coding_document (practice_id, encounter_id, kind, title, text, signed_by, signed_at)
SELECT %(practice)s, id, 'progress_note', 'Office visit', 'Seen for a routine check.',
    CASE WHEN id %% 20 = 0 THEN '' ELSE 'A. Lindqvist' END, now()
FROM visit
"""


def make_queue_practice(npi: str = NPI) -> tuple[Practice, list[User], dict[str, Any]]:
    """A practice with coders, providers and payers; the ids its charts refer to."""
    fields = {"name": "Bench Queue", "initials": "BQ", "tax_id": "123456780", "state": "IL"}
    practice, _ = Practice.objects.get_or_create(npi=npi, defaults=fields)
    coders = [make_coder(practice, number) for number in range(CODERS)]
    with access.acting_in(practice.pk):
        location, _ = ServiceLocation.objects.get_or_create(
            practice=practice, name="Main Street", defaults={"place_of_service": "11"}
        )
        providers = [
            Provider.objects.get_or_create(
                practice=practice, npi=f"10000000{number:02d}", defaults={"last_name": f"P{number}"}
            )[0].pk
            for number in range(PROVIDERS)
        ]
        payers = [
            Payer.objects.get_or_create(
                practice=practice,
                payer_id=f"Q{name[:4].upper()}",
                defaults={"name": name.title(), "short_name": name.title(), "payer_class": name},
            )[0].pk
            for name in CLASSES
        ]
    return practice, coders, {"location": location.pk, "providers": providers, "payers": payers}


def make_coder(practice: Practice, number: int) -> User:
    email = f"coder-{number}@bench-queue.test"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, first_name="Coder", last_name=f"No {number}")
    role = Role.MANAGER if number == 0 else Role.CODER
    Membership.objects.get_or_create(user=user, practice=practice, defaults={"role": role})
    return user


def seed_queue(practice: Practice, coders: list[User], ids: Mapping[str, Any], charts: int) -> None:
    """Bring the practice to `charts` charts, committed. Let the tables' owner ANALYZE them then."""
    values = {
        **ids,
        "practice": practice.pk,
        "coders": [user.pk for user in coders],
        "many_coders": len(coders),
        "many_providers": len(ids["providers"]),
        "visits": list(VISITS),
        "specialties": list(SPECIALTIES),
    }
    with access.acting_in(practice.pk):
        found = Encounter.objects.filter(practice=practice).count()
    for first in range(found, charts, BATCH):
        with access.acting_in(practice.pk), connection.cursor() as db:
            last = min(first + BATCH, charts) - 1
            db.execute(SEED, {**values, "first": first, "last": last})


def measure_queue(practice: Practice, coders: list[User], rounds: int = 30) -> dict[str, Any]:
    """Milliseconds (p50, p95) of what coders and leads do, at whatever length the queue has."""
    lead, worker = coders[0], coders[1]
    client = Client(headers={"host": "localhost"})
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    # The bench coders code in several practices: this is the one.
    session = client.session
    session[CHOSEN_PRACTICE] = practice.pk
    session.save()
    timed = {"next": time_next(practice, worker, rounds)}
    timed["complete_and_next"] = time_complete(practice, worker, rounds)
    htmx = {"HX-Request": "true"}
    for view in ("all", "late", "returned", "held", "due", "mine", "unassigned", "done"):
        timed[f"rows_{view}"] = [
            tenths(partial(client.get, "/coding/", {"view": view}, headers=htmx))
            for _ in range(rounds)
        ]
    timed["page"] = [tenths(partial(client.get, "/coding/")) for _ in range(rounds)]
    timed["board"] = [tenths(partial(client.get, "/coding/board/")) for _ in range(rounds)]
    return {name: spread_of(times) for name, times in timed.items()}


def tenths(act: Callable[[], Any]) -> int:
    """How long it took, in tenths of a millisecond."""
    began = time.perf_counter_ns()
    answer = act()
    took = time.perf_counter_ns() - began
    if getattr(answer, "status_code", 200) != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")
    return took // 100_000


def spread_of(times: list[int]) -> dict[str, str]:
    cuts = quantiles(times, n=20)
    return {"p50_ms": f"{cuts[9] / 10:.1f}", "p95_ms": f"{cuts[18] / 10:.1f}"}


def time_next(practice: Practice, user: User, rounds: int) -> list[int]:
    """The next chart, put down again so that each time all wait."""
    times = []
    for _ in range(rounds):
        with access.acting_in(practice.pk):
            began = time.perf_counter_ns()
            chart = next_encounter(practice, by=user)
            times.append((time.perf_counter_ns() - began) // 100_000)
            if chart is None:
                raise RuntimeError("the queue is empty")
            put_down(chart, state=Encounter.State.NEW)
    return times


def time_complete(practice: Practice, user: User, rounds: int) -> list[int]:
    """Finalize a chart of one diagnosis and one service, and lock the next."""
    add_codes()
    times = []
    with access.acting_in(practice.pk):
        chart = next_encounter(practice, by=user)
    for _ in range(rounds):
        if chart is None:
            raise RuntimeError("the queue is empty")
        with access.acting_in(practice.pk):
            chart.documents.update(signed_by="A. Lindqvist")
            add_line(chart, "i10 99213:a", by=user)
            began = time.perf_counter_ns()
            chart = complete_encounter(chart, by=user)
            times.append((time.perf_counter_ns() - began) // 100_000)
    return times


def add_codes() -> None:
    """The two codes, as if a release were loaded."""
    for system, code, label in (
        (Code.System.ICD10CM, "I10", "Made up"),
        (Code.System.PROCEDURE, "99213", "Made up"),
    ):
        fields = {"label": label, "starts_on": date(2020, 1, 1), "search_text": ""}
        if not Code.objects.filter(system=system, code=code).exists():
            Code.objects.create(system=system, code=code, **fields)
