"""The payers' desk: due claims are adjudicated, gathered per payer and provider, and paid.

Each call writes one 835 file per partner, payer and billing provider, with one ST. Callers hold
the state transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from payers.sandbox import documents, wire
from payers.sandbox.acceptance import find_line_fingerprints
from payers.sandbox.adjudication import adjudicate, reverse
from payers.sandbox.behaviour import Behaviour, Condition, Denial, Payer
from payers.sandbox.facility import answer_facility, load_claim, view_claim
from payers.sandbox.partners import Partner, address_answer
from payers.sandbox.remittances import (
    Payee,
    Payment,
    adjust_provider,
    draft_payment,
    schedule_adjustments,
)
from payers.sandbox.state import Answer, State, StoredClaim
from rcm.x12.envelope import Envelope
from rcm.x12.items import AnyClaim
from rcm.x12.remittance_835 import ProviderAdjustment, RemittedClaim

DUPLICATE = Denial(Condition(), "CO", "18")
UNKNOWN_ORIGINAL = Denial(Condition(), "CO", "16", ("M47",), ("MA130",))


class Recipient(NamedTuple):
    """Whose payment a claim goes into."""

    partner: str
    payer_id: str
    npi: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An 835 file that was queued."""

    name: str
    trace_number: str
    amount_paid: int
    claims: int


class PaymentDesk:
    """Numbers, names and payments of one clearinghouse."""

    def __init__(
        self, state: State, behaviour: Behaviour, seed: int, clock: Callable[[], datetime]
    ) -> None:
        self.state = state
        self.behaviour = behaviour
        self.clock = clock
        self._first_number = (seed % 900) * 1_000_000 + 1

    def next_number(self, name: str) -> int:
        """The next number of a sequence; the seed keeps two sandboxes apart."""
        return self.state.next_number(name, self._first_number)

    def next_claim_number(self) -> str:
        """A payer claim control number (CLP07)."""
        return f"{self.clock():%y%j}{self.next_number('claim'):09d}"

    def address(self, partner: Partner) -> Envelope:
        return address_answer(partner, self.next_number("interchange"), self.clock())

    def name_file(self, prefix: str, kind: str) -> str:
        """PREFIX-NUMBER.kind, never used twice."""
        return f"{prefix}-{self.next_number('file'):09d}.{kind}"

    def settle(self, due: Sequence[StoredClaim]) -> int:
        """Adjudicate and pay these claims; returns how many were answered."""
        payments: dict[Recipient, list[RemittedClaim]] = {}
        payees: dict[Recipient, Payee] = {}
        answered = 0
        for stored in due:
            payer = self.behaviour.payers.get(stored.payer_id)
            if payer is None:
                continue
            claim = load_claim(stored.document)
            results = self._answer_claim(stored, claim, payer)
            if results is None:
                continue
            recipient = Recipient(stored.partner, stored.payer_id, stored.npi)
            payments.setdefault(recipient, []).extend(results)
            payees[recipient] = describe_payee(claim)
            answered += 1
        for recipient, claims in payments.items():
            if claims:
                self.pay(recipient, payees[recipient], claims, is_regular=True)
        return answered

    def _answer_claim(
        self, stored: StoredClaim, sent: AnyClaim, payer: Payer
    ) -> list[RemittedClaim] | None:
        """The CLPs one claim causes, in order; None while its original is still waiting."""
        claim = view_claim(sent)
        original = self.state.find_claim_by_id(stored.original) if stored.original else None
        denial = None
        results: list[RemittedClaim] = []
        if stored.course in ("replace", "void") and original:
            if original.status == "pending":
                return None
            if original.status == "paid":
                results.append(reverse(documents.load(RemittedClaim, original.remitted or "")))
                self.state.mark_reversed(original.id)
            else:
                denial = DUPLICATE
        if stored.course == "void":
            self.state.mark_reversed(stored.id)
            return results
        if stored.course == "unknown":
            denial = UNKNOWN_ORIGINAL
        fingerprints = find_line_fingerprints(claim)
        answer = adjudicate(
            claim,
            payer,
            icn=stored.icn,
            received_on=date.fromisoformat(stored.received_on),
            denial=denial,
            duplicate_lines=[
                position
                for position, fingerprint in fingerprints.items()
                if self.state.is_adjudicated(fingerprint)
            ],
        )
        answer = answer_facility(answer, sent)
        self.state.store_result(stored.id, documents.dump(answer))
        for fingerprint in fingerprints.values():
            self.state.add_line(stored.id, fingerprint)
        return [*results, answer]

    def pay(
        self,
        recipient: Recipient,
        payee: Payee,
        claims: Sequence[RemittedClaim],
        *,
        is_regular: bool,
        change: Callable[[Payment], Payment] = lambda payment: payment,
    ) -> Sent:
        """Draft, write and queue one payment; `change` may spoil it on purpose.

        A regular payment carries the PLB entries of the payer's behaviour and takes balances
        forwarded earlier.
        """
        payer = self.behaviour.payers[recipient.payer_id]
        today = self.clock().date()
        trace = f"{payer.payer_id[:8]}{self.next_number('trace'):010d}"
        entries = (
            self._find_provider_adjustments(recipient, payer, payee, claims, today)
            if is_regular
            else []
        )
        payment = change(
            draft_payment(
                payer,
                payee,
                claims,
                trace_number=trace,
                today=today,
                provider_adjustments=entries,
            )
        )
        if payment.forwarded:
            self.state.add_forward(*recipient, trace, payment.forwarded)
        partner = documents.load(Partner, recipient.partner)
        name = self.name_file(partner.file_prefix, "835")
        content = wire.write_835_file(self.address(partner), [payment])
        self.state.add_answer(Answer(name, "835", content))
        return Sent(name, trace, payment.start.amount_paid, len(payment.claims))

    def _find_provider_adjustments(
        self,
        recipient: Recipient,
        payer: Payer,
        payee: Payee,
        claims: Sequence[RemittedClaim],
        today: date,
    ) -> list[ProviderAdjustment]:
        ordinal = self.state.next_number(f"payments of {payer.payer_id}")
        left = sum(claim.amount_paid for claim in claims)
        if left <= 0:
            return []
        entries = []
        for entry in schedule_adjustments(payer, payee, ordinal, today):
            if entry.amount <= left:
                entries.append(entry)
                left -= entry.amount
        if forward := self.state.take_forward(*recipient):
            entries.append(adjust_provider(payee, today, "FB", *forward))
        return entries


def describe_payee(claim: AnyClaim) -> Payee:
    """The billing provider of a claim as loop 1000B names it."""
    provider = claim.billing_provider
    address = provider.address
    place = (
        address.line_1,
        address.line_2,
        address.city,
        address.state,
        address.zip_code,
    )
    return Payee(provider.name, provider.npi, provider.tax_id, place)
