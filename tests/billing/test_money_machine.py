"""Any order of payments, reversals, corrections, matches, transfers and second thoughts.

After every step the ledger sums to zero, by practice and by claim, and holds what an independent
oracle says (money_oracle). Replay a failure with `--hypothesis-seed`.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing import ledger
from billing.actions import postings, refunds, remittances, takebacks, transfers
from billing.balance_check import differences
from billing.models import Claim, Posting, Refund, Remittance, RemittedClaim
from rcm import access
from rcm.demo.identifiers import make_npi
from rcm.errors import Refusal
from rcm.models import Role
from rcm.x12.remittance_835 import RemittedClaim as Told
from tests import make
from tests.billing import remitting as r
from tests.billing.books import charge
from tests.billing.money_oracle import ZERO, Oracle, Payment, Statement
from tests.billing.oracle import without_zeros

NUMBERS = count(1)
STEPS = settings(
    max_examples=25,
    stateful_step_count=16,
    deadline=None,
    # A story of sixteen steps can be read as it is; shrinking one takes minutes.
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
cents = st.integers(min_value=1, max_value=40_000)
parts = st.tuples(*[st.integers(min_value=0, max_value=3)] * 4)
pairs = st.lists(
    st.tuples(st.sampled_from(["WO", "L6"]), st.integers(min_value=-5_000, max_value=5_000)),
    max_size=2,
)
which = st.integers(min_value=0, max_value=1_000)


def dollars(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


class MoneyMachine(RuleBasedStateMachine):
    """One practice; `oracle` is told the same facts as the product."""

    @initialize()
    def open(self) -> None:
        self.practice = make.practice(npi=make_npi(f"2{next(NUMBERS):08d}"))
        access.open_walls([self.practice.pk])
        email = f"ben{self.practice.pk}@example.test"
        self.ben = make.member(self.practice, Role.BILLER, email, "Ben", "Carver")
        email = f"mia{self.practice.pk}@example.test"
        self.mia = make.member(self.practice, Role.MANAGER, email, "Mia", "Dunn")
        self.oracle = Oracle()
        self.paid_back: list[tuple[Refund, str, Decimal]] = []
        self.visit = make.encounter(self.practice, number=f"E{next(NUMBERS)}")
        self.bill([16500])

    # What happens

    @rule(amounts=st.lists(cents, min_size=1, max_size=3))
    def bill(self, amounts: list[int]) -> None:
        """A claim goes out."""
        number = f"M{next(NUMBERS):06d}"
        lines = [("99213", str(dollars(amount))) for amount in amounts]
        claim = make.claim(
            self.practice,
            *lines,
            patient_control_number=number,
            encounter=make.encounter(self.practice, patient=self.visit.patient, number=number),
        )
        charge(claim)
        self.oracle.charges[number] = claim.amount_billed

    @rule(
        chosen=st.lists(which, min_size=1, max_size=3), split=parts, plb=pairs, lost=st.booleans()
    )
    def pay(self, chosen: list[int], split: tuple[int, ...], plb: list, lost: bool) -> None:
        """The payer pays some claims and, perhaps, one nobody knows."""
        numbers = sorted({self.pick(sorted(self.oracle.charges), turn) for turn in chosen})
        payment = Payment(f"T{next(NUMBERS)}", ZERO)
        for number in numbers:
            self.state(payment, number, split)
        if lost:
            self.state(payment, None, split)
        self.take_in(payment, plb)

    @precondition(lambda self: self.reversible())
    @rule(turn=which, split=parts, is_corrected=st.booleans())
    def reverse_by_payer(self, turn: int, split: tuple[int, ...], is_corrected: bool) -> None:
        """The payer takes a payment back and, perhaps, says it anew."""
        old = self.pick(self.reversible(), turn)
        payment = Payment(f"T{next(NUMBERS)}", ZERO)
        reversal = Statement(
            *(next(NUMBERS), payment, old.claim, old.billed, old.paid, old.contractual, old.share),
            payer_number=old.payer_number,
            is_reversal=True,
        )
        payment.statements.append(reversal)
        if is_corrected:
            self.state(payment, old.claim, split)
        self.take_in(payment, [])

    @precondition(lambda self: self.lost())
    @rule(turn=which, to=which)
    def match_by_person(self, turn: int, to: int) -> None:
        """A person says whose claim it is."""
        statement = self.pick(self.lost(), turn)
        number = self.pick(sorted(self.oracle.charges), to)
        remittances.match_claim(self.row_of(statement), self.claim(number), by=self.ben)
        statement.claim = number
        if statement.payment.stands:
            self.oracle.post(statement.payment)

    @rule(turn=which, amount=cents, account=st.sampled_from(["write_off", "patient_receivable"]))
    def transfer(self, turn: int, amount: int, account: str) -> None:
        """A person moves what the payer owes; never more than that."""
        number = self.pick(sorted(self.oracle.charges), turn)
        owed, asked = self.oracle.owed(number), dollars(amount)
        origin = f"test:{next(NUMBERS)}"
        claim = self.claim(number)
        if asked > owed:
            with pytest.raises(Refusal, match="cannot be moved"):
                transfers.move_receivable(
                    claim, to=account, amount=asked, origin=origin, by=self.ben
                )
        else:
            transfers.move_receivable(claim, to=account, amount=asked, origin=origin, by=self.ben)
            self.oracle.moved.append((number, account, asked))

    @precondition(lambda self: self.payments(stands=True))
    @rule(turn=which)
    def take_payment_back(self, turn: int) -> None:
        """A person takes a whole posting back."""
        payment = self.pick(self.payments(stands=True), turn)
        row = self.remittance(payment)
        if self.oracle.take_back(payment):
            takebacks.reverse_remittance(row, reason="Wrong account", by=self.ben)
        else:
            with pytest.raises(Refusal, match="The payer itself took back"):
                takebacks.reverse_remittance(row, reason="Wrong account", by=self.ben)

    @precondition(lambda self: self.payments(stands=False))
    @rule(turn=which)
    def post_again(self, turn: int) -> None:
        """What was taken back is released."""
        payment = self.pick(self.payments(stands=False), turn)
        takebacks.release_remittance(self.remittance(payment), by=self.ben)
        self.oracle.release(payment)

    @precondition(lambda self: self.posted())
    @rule(turn=which)
    def take_claim_back(self, turn: int) -> None:
        """A person takes the posting of one claim back."""
        statement = self.pick(self.posted(), turn)
        row = self.row_of(statement)
        if self.oracle.take_back_one(statement):
            takebacks.reverse_claim(row, reason="Wrong patient", by=self.ben)
        else:
            with pytest.raises(Refusal, match="The payer itself took this payment back"):
                takebacks.reverse_claim(row, reason="Wrong patient", by=self.ben)

    @precondition(lambda self: self.payments(stands=True))
    @rule(turn=which)
    def deliver_task_again(self, turn: int) -> None:
        """Posting runs once more: only what had to wait and need not any longer is new."""
        payment = self.pick(self.payments(stands=True), turn)
        postings.post_remittance(self.remittance(payment))
        self.oracle.post(payment)

    @precondition(lambda self: self.overpaid())
    @rule(turn=which, amount=cents)
    def refund(self, turn: int, amount: int) -> None:
        """A credit goes back to the payer; above the limit a manager approves."""
        number = self.pick(self.overpaid(), turn)
        asked = min(dollars(amount), -self.oracle.owed(number))
        made = refunds.request_refund(
            self.claim(number),
            account="primary_receivable",
            kind="refund",
            amount=asked,
            reason="Paid twice",
            by=self.ben,
        )
        if made.state == Refund.State.REQUESTED:
            made = refunds.approve(made, by=self.mia)
        self.paid_back.append((refunds.pay(made, by=self.ben, reference="CHECK"), number, asked))
        self.oracle.given_back.append((number, asked))

    @precondition(lambda self: self.paid_back)
    @rule(turn=which)
    def cancel_refund(self, turn: int) -> None:
        """The check never left: what the refund moved is moved back."""
        found = self.pick(self.paid_back, turn)
        self.paid_back.remove(found)
        refunds.cancel(found[0], by=self.ben)
        self.oracle.given_back.remove(found[1:])

    # What must hold

    @invariant()
    def the_ledger_is_what_the_facts_say(self) -> None:
        claims = {claim.pk: claim for claim in Claim.objects.filter(practice=self.practice)}
        balances = ledger.claim_balances(self.practice.pk, claims)
        books = self.oracle.books()
        for pk, claim in claims.items():
            book = without_zeros(balances[pk])
            assert sum(book.values()) == 0
            assert book == books.get(claim.patient_control_number, {})
        accounts = without_zeros(ledger.account_balances(self.practice))
        assert accounts == self.oracle.accounts()
        assert sum(accounts.values()) == 0
        assert differences(self.practice) == []

    # How

    def pick(self, rows: Sequence, turn: int):  # noqa: ANN201  whatever the rows are
        return rows[turn % len(rows)]

    def payments(self, *, stands: bool) -> list[Payment]:
        return [payment for payment in self.oracle.payments if payment.stands == stands]

    def posted(self) -> list[Statement]:
        return [s for s in self.oracle.statements() if s.is_posted]

    def reversible(self) -> list[Statement]:
        """What the payer may take back: what it said of our charge, line by line."""
        return [
            s
            for s in self.posted()
            if not s.is_reversal and not self.oracle.reversals_of(s)
            if s.billed == self.oracle.charges[s.claim or ""]
        ]

    def overpaid(self) -> list[str]:
        return [number for number in sorted(self.oracle.charges) if self.oracle.owed(number) < 0]

    def lost(self) -> list[Statement]:
        return [s for s in self.oracle.statements() if s.claim is None]

    def claim(self, number: str) -> Claim:
        return Claim.objects.get(practice=self.practice, patient_control_number=number)

    def remittance(self, payment: Payment) -> Remittance:
        return Remittance.objects.get(practice=self.practice, trace_number=payment.trace)

    def row_of(self, statement: Statement) -> RemittedClaim:
        position = statement.payment.statements.index(statement) + 1
        return self.remittance(statement.payment).claims.get(position=position)

    def state(self, payment: Payment, number: str | None, split: tuple[int, ...]) -> None:
        """A statement that shares out the charge: paid, by contract, patient's, denied."""
        billed = self.oracle.charges[number] if number else Decimal("50.00")
        rest = billed
        found = []
        for part in split[:3]:
            amount = (billed * part / max(sum(split), 1)).quantize(Decimal("0.01"))
            found.append(min(amount, rest))
            rest -= found[-1]
        pk = next(NUMBERS)
        payment.statements.append(
            Statement(pk, payment, number, billed, *found, payer_number=f"P{pk}")
        )

    def told(self, statement: Statement, position: int) -> Told:
        """The payer's words: one line per line of ours, everything said on the first."""
        sign = -1 if statement.is_reversal else 1
        s = statement
        denied = s.billed - s.paid - s.contractual - s.share
        amounts = {"CO-45": s.contractual, "PR-1": s.share, "CO-50": denied}
        said = [f"{code} {sign * amount}" for code, amount in amounts.items() if amount]
        if s.claim is None:
            lines = [r.line("99213", str(s.billed), str(s.paid), *said)]
        else:
            # Adjustments of the claim as a whole: its lines say they are paid in full.
            own = self.claim(s.claim).lines.order_by("position")
            lines = [
                r.line(
                    *("99213", str(sign * line.amount_billed), str(sign * line.amount_billed)),
                    number=line.line_control_number,
                    position=line.position,
                )
                for line in own
            ]
        return r.clp(
            s.claim or f"LOST{s.number}",
            *(str(sign * s.billed), str(sign * s.paid)),
            *lines,
            status="22" if s.is_reversal else "1",
            position=position,
            payer_claim_control_number=s.payer_number,
            adjustments=() if s.claim is None else r.cas(*said),
        )

    def take_in(self, payment: Payment, plb: list[tuple[str, int]]) -> None:
        """Receive, read and post one file; a check below nothing is moved forward (PLB FB)."""
        total = sum((s.paid * (-1 if s.is_reversal else 1) for s in payment.statements), ZERO)
        adjustments = [(code, dollars(amount)) for code, amount in plb if amount]
        total -= sum((amount for _, amount in adjustments), ZERO)
        if total < 0:
            adjustments.append(("FB", total))
            total = ZERO
        payment.amount, payment.adjustments = total, tuple(adjustments)
        content = r.content(
            str(total),
            *[self.told(s, n) for n, s in enumerate(payment.statements, 1)],
            adjustments=tuple(
                r.plb(code, str(amount), f"R{n}") for n, (code, amount) in enumerate(adjustments)
            ),
            trace_number=payment.trace,
            payee_identifier=self.practice.npi,
        )
        row = r.recorded(self.practice, content)
        assert (row.state, row.hold_message) == ("ready", "")
        postings.post_remittance(row)
        self.oracle.payments.append(payment)
        self.oracle.post(payment)


def test_the_ledger_is_what_the_facts_say_after_any_story(db: None) -> None:
    run_state_machine_as_test(MoneyMachine, settings=STEPS)
    assert Posting.objects.count() > 0
