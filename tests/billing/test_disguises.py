"""One payment in twelve disguises posts once; look-alikes that are payments of their own all do."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from billing import ledger
from billing.models import Claim, Remittance
from rcm.models import Practice
from tests import make
from tests.acceptance.kit import arrive
from tests.billing import disguises as d
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, charge
from tests.billing.oracle import expected_balances, without_zeros

ROUNDS = 40
LOOK_ALIKES = 100  # in each of five blocks


class Books:
    """What the ledger has to say, by the independent calculation over the text of the 835s."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.cash = Decimal(0)

    def expect(self, payment: d.Payment, claims: Sequence[Claim]) -> None:
        """Compare the payment's claims, all cash, and that nothing waits."""
        charges = {claim.patient_control_number: claim.amount_billed for claim in claims}
        expected = expected_balances(d.write(payment), charges)
        found = ledger.claim_balances(self.practice.pk, [claim.pk for claim in claims])
        assert {
            claim.patient_control_number: without_zeros(found[claim.pk]) for claim in claims
        } == {number: expected[number] for number in charges}
        cash = ledger.account_balances(self.practice)["cash"]
        assert cash == self.cash + Decimal(payment.paid) / 100
        assert_ledger(self.practice)

    def close(self, payment: d.Payment) -> None:
        self.cash += Decimal(payment.paid) / 100


def first_payment(practice: Practice, random: Random, books: Books) -> d.Payment:
    """A payment known before, to be merged with."""
    claims, payment = d.draw_payment(random, practice)
    arrive(practice, d.write(payment))
    books.expect(payment, claims)
    books.close(payment)
    return payment


@pytest.mark.parametrize("block", range(4))
def test_a_payment_in_twelve_disguises_posts_once(north: Practice, block: int) -> None:
    random = Random(block)
    books = Books(north)
    before = first_payment(north, random, books)
    for _ in range(ROUNDS // 4):
        claims, payment = d.draw_payment(random, north)
        disguises = random.sample(d.SAME, len(d.SAME))
        for disguise in disguises:
            files = disguise(payment, random, before)
            for name, content in files:
                arrive(north, content, name)
            books.expect(payment, claims)
        for name, content in d.renamed(files):
            arrive(north, content, name)
        books.expect(payment, claims)
        paired = d.with_reversal_pair(payment, random)
        arrive(north, d.write(paired), "pair.835")
        books.expect(payment, claims)
        added, told = d.draw_claim(random, north)
        larger = d.with_claim_added(paired, told)
        arrive(north, d.write(larger), "added.835")
        books.expect(larger, [*claims, added])
        for again in (payment, larger):
            arrive(north, d.write(again), "again.835")
        books.expect(larger, [*claims, added])
        books.close(larger)
        before = larger
    assert not Remittance.objects.filter(state="held").exists()


@pytest.mark.parametrize("block", range(5))
def test_look_alikes_that_are_payments_of_their_own_all_post(north: Practice, block: int) -> None:
    """Same amount throughout; five at a time share a trace number, or payer and day, or all three.

    Two of each five have everything in common but the claim they pay.
    """
    make.payer(north, payer_id="SECND", name="Second", trace_identifier="1888888888")
    patient = make.patient(north)
    make.coverage(patient)
    payments = []
    for number in range(block * LOOK_ALIKES, (block + 1) * LOOK_ALIKES):
        visit = make.encounter(north, patient=patient)
        claim = make.claim(north, encounter=visit)
        charge(claim)
        changes = (
            {},
            {"payer_identifier": "1888888888"},
            {"paid_on": r.PAID_ON - timedelta(days=365)},
            {},
            {"trace_number": f"OTHER{number // 5}"},
        )[number % 5]
        head = r.start("72.00", **{"trace_number": f"LOOK{number // 5}"} | changes)
        payments.append((head, (r.echo(claim, ("72.00", "CO-45 93.00")),), ()))
    # The twins in one file, in two files, and in one file with strangers.
    for at in range(0, LOOK_ALIKES, 25):
        chunk = payments[at : at + 25]
        arrive(north, r.content_of(*chunk[:13], number=at * 2 + 1))
        arrive(north, r.content_of(*chunk[13:], number=at * 2 + 2))
    found = Remittance.objects.values_list("state", flat=True)
    assert list(found) == ["posted"] * LOOK_ALIKES
    balances = ledger.account_balances(north)
    assert balances["cash"] == 72 * LOOK_ALIKES
    assert balances.get("primary_receivable", 0) == 0
    assert_ledger(north)
