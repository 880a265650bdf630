"""The benchmarks of accounts in small: what they make adds up, and the list does not grow."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import bench_accounts as bench
from billing.balance_check import differences
from billing.models import PatientBalance, StatementDocument
from rcm import access
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import Practice, User

NPI = "1992739138"


def statements_of_the_list(practice: Practice, person: User) -> int:
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CHOSEN_PRACTICE] = practice.pk
    session.save()
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/accounts/").status_code == 200
    return len(captured)


def test_the_list_of_240_accounts_takes_as_many_statements_as_that_of_120(db: None) -> None:
    practice, person = bench.seed(NPI, 120, owing=40)
    access.open_walls([practice.pk])
    assert differences(practice) == []
    assert PatientBalance.objects.filter(owed__gt=0).count() == 60
    assert PatientBalance.objects.filter(insurance_lines__gt=0).count() == 12
    statements_of_the_list(practice, person)
    few = statements_of_the_list(practice, person)
    bench.seed(NPI, 240, owing=40)
    assert statements_of_the_list(practice, person) == few


def test_a_batch_of_the_benchmark_is_made_and_joined(db: None) -> None:
    practice, person = bench.seed(NPI, 20, owing=100)
    found = bench.measure_statements(practice, person)
    assert found["statements"] == 18
    access.open_walls([practice.pk])
    assert StatementDocument.objects.get().count == 18
