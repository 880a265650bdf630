"""Claims to key and paper EOBs to look at: `python -m tests.browser.paper_eobs`.

Runs beside the system under test, with its environment. The last line is one JSON object.
"""

import json
import sys
from decimal import Decimal

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.utils import timezone  # noqa: E402  (after setup)

from billing.actions import manual_batches, manual_pages, manual_rows  # noqa: E402  (after setup)
from billing.models import Claim, ManualBatch  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice, User  # noqa: E402  (after setup)
from tests import make  # noqa: E402  (after setup)
from tests.billing import keying  # noqa: E402  (after setup)

INITIALS = "LS"
LINES = (("99213", "165.00"), ("93000", "55.00"))


def main() -> None:
    practice = Practice.objects.get(initials=INITIALS)
    ben = User.objects.get(email="ben@example.test")
    with access.acting_in(practice.pk):
        claims = [
            make.claim(practice, *LINES, patient_control_number=f"PAPER{number}")
            for number in range(3)
        ]
        key_eobs(practice, claims[:2], by=ben)
        found = {batch.state: batch.pk for batch in ManualBatch.objects.filter(practice=practice)}
        sys.stdout.write(f"{json.dumps(found | {'claim': claims[2].pk})}\n")


def key_eobs(practice: Practice, claims: list[Claim], *, by: User) -> None:
    """Two batches: one half keyed and overpaid, with a picture and a PDF, and one closed."""
    for claim, number in zip(claims, ("PAPER1", "PAPER2"), strict=True):
        batch = manual_batches.open_batch(
            practice,
            claim.payer,
            method="CHK",
            trace_number=number,
            paid_on=timezone.localdate(),
            control_total=Decimal("2.00" if number == "PAPER1" else "1.00"),
            by=by,
        )
        manual_pages.add_page(batch, "page 1.png", keying.png(), by=by)
        manual_pages.add_page(batch, "page 2.pdf", keying.PDF, by=by)
        row = manual_rows.add_claim(batch, claim, by=by)
        first, *others = row.lines.order_by("position")
        if number == "PAPER1":
            manual_rows.add_provider_adjustment(
                batch, code="WO", reference="T1", amount=Decimal("5.00"), by=by
            )
            manual_rows.save_line(first, {"paid": "9999.00"}, version=1, by=by)
            continue
        manual_rows.save_line(first, {"paid": "1.00", "contract": "="}, version=1, by=by)
        for line in others:
            manual_rows.save_line(line, {"paid": "x"}, version=1, by=by)
        manual_batches.close_batch(batch, by=by)


if __name__ == "__main__":
    main()
