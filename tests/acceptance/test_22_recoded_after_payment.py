"""A chart reopened after payment: a new version of the claim, and every payment stays."""

from billing.actions.claims import replace_claim
from billing.models import Claim, RemittedClaim
from coding.actions import encounters
from coding.models import Charge
from rcm.models import Practice, User
from tests import make
from tests.acceptance.kit import PAID_72, D, arrive, book_of, moves
from tests.billing import remitting as r
from tests.billing.books import assert_ledger
from tests.denials.denying import sent_claim


def test_payments_stay_with_the_first_version_until_the_payer_reverses_them(
    north: Practice, ana: User, ben: User
) -> None:
    make.fees(north, c99213="165.00", c99214="210.00")
    first = sent_claim(north)
    arrive(north, r.content("72.00", r.echo(first, PAID_72)))
    before = moves()
    encounters.reopen_encounter(first.encounter, reason="Level was 99214", by=ana)
    charge = Charge.objects.get(encounter=first.encounter)
    Charge.objects.filter(pk=charge.pk).update(procedure_code="99214", amount_billed=D("210.00"))
    encounters.complete_encounter(first.encounter, by=ana)
    first.refresh_from_db()
    second = replace_claim(first, by=ben)
    assert (second.replaces, second.frequency) == (first, "7")
    assert Claim.objects.count() == 2
    # Nothing of before is gone or changed; the money is still there, with the old version.
    assert moves()[: len(before)] == before
    assert RemittedClaim.objects.get().claim == first
    assert book_of(first) == {
        "unapplied": D("72.00"),
        "contractual": D("73.00"),
        "patient_receivable": D("20.00"),
        "primary_receivable": D("-165.00"),
    }
    assert_ledger(north)
    # The payer takes the old payment back and pays the new version.
    content = r.content(
        "28.00",
        r.echo(first, PAID_72, status="22"),
        r.echo(second, ("100.00", "CO-45 90.00", "PR-2 20.00")),
        trace_number="CHECK2",
    )
    arrive(north, content)
    assert book_of(first) == {}
    assert book_of(second) == {
        "revenue": D("-210.00"),
        "unapplied": D("100.00"),
        "contractual": D("90.00"),
        "patient_receivable": D("20.00"),
    }
    assert_ledger(north)
