"""More denials than a page shows, put away until a far day, for the browser tests.

`python -m tests.browser.many_denials` makes them beside a running system.
"""

import json
import sys

import django

django.setup()

from billing.models import RemittedClaim  # noqa: E402  (after setup)
from denials.models import Denial  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice  # noqa: E402  (after setup)

MANY = 60
FAR = "2098-01-05"


def put_away(practice: Practice) -> int:
    """As many pended denials of one payer's answers; how many there are."""
    kept = Denial.objects.filter(practice=practice, pended_until=FAR)
    missing = MANY - kept.count()
    first = Denial.objects.filter(practice=practice).select_related("remitted_claim").first()
    assert first is not None, "nothing was denied yet"
    copied = {
        field.attname: getattr(first.remitted_claim, field.attname)
        for field in RemittedClaim._meta.concrete_fields
        if not field.primary_key
    }
    answers = RemittedClaim.objects.bulk_create(
        RemittedClaim(**copied | {"position": 10_000 + at, "reverses_id": None})
        for at in range(missing)
    )
    Denial.objects.bulk_create(
        Denial(
            practice=practice,
            claim_id=first.claim_id,
            remitted_claim=answer,
            payer_id=first.payer_id,
            group="CO",
            reason="29",
            amount=10,
            category="timely_filing",
            owner_queue="biller",
            state=Denial.State.PENDED,
            pended_until=FAR,
            denied_on=first.denied_on,
            due_on=first.due_on,
        )
        for answer in answers
    )
    return kept.count()


def main() -> None:
    practice = Practice.objects.get(initials="LS")
    with access.acting_in(practice.pk):
        sys.stdout.write(json.dumps({"denials": put_away(practice)}) + "\n")


if __name__ == "__main__":
    main()
