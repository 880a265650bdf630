"""What is kept of patients' accounts beside what their moves add up to."""

from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from billing.account_views import settle
from billing.models.refunds import OWED_ACCOUNTS
from billing.patient_accounts import ACCOUNTS, IN_FLIGHT
from rcm.models import Practice

UNEQUAL = f"""
SELECT s.id, s.owed, s.overpaid, s.owed_since, s.lines, s.insurance, s.prepaid,
    b.owed, b.overpaid, b.owed_since, b.insurance_lines, b.insurance, b.prepaid
FROM ({ACCOUNTS.format(claims="", patients="", only="")}) AS s (id, last_name, first_name, mrn,
    owed, overpaid, owed_since, lines, insurance, flying, prepaid)
LEFT JOIN billing_patientbalance b ON b.patient_id = s.id
WHERE (s.owed, s.overpaid, s.owed_since, s.lines, s.insurance, s.prepaid) IS DISTINCT FROM
    (b.owed, b.overpaid, b.owed_since, b.insurance_lines, b.insurance, b.prepaid)
ORDER BY s.id
"""  # noqa: S608  constants of ours


class Difference(NamedTuple):
    """One account: (owed, overpaid, since, insurance lines, insurance, prepaid) twice, as texts."""

    patient_id: int
    summed: tuple[str, ...]
    kept: tuple[str, ...]


def differences(practice: Practice) -> list[Difference]:
    """Accounts whose kept row is not the sum of their moves. One statement."""
    settle()
    names: dict[str, Any] = {
        "practice": practice.pk,
        "today": timezone.localdate(),
        "accounts": list(OWED_ACCOUNTS),
        "in_flight": list(IN_FLIGHT),
    }
    with connection.cursor() as db:
        db.execute(UNEQUAL, names)
        return [
            Difference(pk, tuple(map(str, row[:6])), tuple(map(str, row[6:])))
            for pk, *row in db.fetchall()
        ]
