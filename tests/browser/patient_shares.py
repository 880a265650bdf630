"""Accounts of patients to look at and one to pay: `python -m tests.browser.patient_shares`.

Runs beside the system under test, with its environment. The last line is one JSON object.
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.utils import timezone  # noqa: E402  (after setup)

from billing.actions import patient_inquiries as inquiries  # noqa: E402  (after setup)
from billing.actions import patient_plans as plans  # noqa: E402  (after setup)
from billing.actions import patient_statements as statements  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice, User  # noqa: E402  (after setup)
from tests.billing.patients import pay, share  # noqa: E402  (after setup)

INITIALS = "LS"


def main() -> None:
    practice = Practice.objects.get(initials=INITIALS)
    with access.acting_in(practice.pk):
        owing = share(practice, "25.00").patient
        sys.stdout.write(f"{json.dumps({'account': owing.pk})}\n")


def leave_accounts(practice: Practice, *, by: User) -> dict[str, int]:
    """One with a plan and a dispute, one with prepaid money, one that owes; a batch."""
    today = timezone.localdate()
    busy = share(practice, "86.40", served=today - timedelta(days=70)).patient
    share(practice, "30.00", patient=busy)
    pay(busy, "20.00", by, key="browser:1", method="check", reference="1041")
    plans.make_plan(busy, amount=Decimal("96.40"), count=3, first_on=today, by=by)
    asked = inquiries.open_inquiry(busy, kind="dispute", text="I was not there that day.", by=by)
    inquiries.add_message(asked, author="practice", text="We look at the sign-in sheet.", by=by)
    told = share(practice, "42.50", served=today - timedelta(days=45)).patient
    batch = statements.start_batch(practice, by=by)
    while statements.make_next(practice.pk, batch.pk):
        pass
    pay(told, "100.00", by, key="browser:2")
    share(practice, "4.00")
    return {
        "account": busy.pk,
        "prepaid_account": told.pk,
        "owing_account": share(practice, "25.00").patient_id,
        "statement_batch": batch.pk,
    }


if __name__ == "__main__":
    main()
