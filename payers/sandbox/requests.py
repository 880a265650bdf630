"""Payments on request: what a test or the demo asks of the payers, beyond their own course.

Each function takes the request (a JSON object) and returns what it sent. A request that cannot
be met raises RequestRefused with the reason and sends nothing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from payers.sandbox import documents
from payers.sandbox.acceptance import find_line_fingerprints
from payers.sandbox.adjudication import correct_allowed, reverse
from payers.sandbox.clearinghouse import Clearinghouse
from payers.sandbox.facility import load_claim, view_claim
from payers.sandbox.payments import Recipient, Sent, describe_payee
from payers.sandbox.remittances import Payment, unbalance
from payers.sandbox.state import Answer, StoredClaim
from payers.sandbox.wire import rewrite_control_numbers
from rcm.x12.remittance_835 import RemittedClaim

Request = Mapping[str, Any]
MORE_THEN_LESS = (Decimal(110), Decimal(80))


class RequestRefused(ValueError):
    """The request cannot be met; the message says why."""


class ScriptedRequests:
    """The requests one clearinghouse answers."""

    def __init__(self, clearinghouse: Clearinghouse) -> None:
        self._house = clearinghouse
        self._state = clearinghouse.state
        self._desk = clearinghouse.desk

    def report_status(self, request: Request) -> dict[str, Any]:
        """Counts of claims by status, and how many answers wait to be published."""
        return {
            "claims": self._state.count_claims(),
            "unpublished": len(self._state.find_unpublished()),
        }

    def adjudicate_now(self, request: Request) -> dict[str, Any]:
        """Pay every accepted claim at once, whatever its delay."""
        self._house.take_up_files()
        self._house.answer_files()
        count = self._house.adjudicate(math.inf)
        self._house.publish()
        return {"claims": count}

    def duplicate_last_835(self, request: Request) -> dict[str, Any]:
        """The last 835 (or the `file` named) again, byte for byte, under a new name."""
        original = self._find_835(request)
        return self._send_copy(original, original.content)

    def reenvelope_last_835(self, request: Request) -> dict[str, Any]:
        """The same payment in a new envelope: fresh ISA13 and GS06, everything else unchanged."""
        original = self._find_835(request)
        number = self._desk.next_number("interchange")
        return self._send_copy(original, rewrite_control_numbers(original.content, number))

    def send_unbalanced_835(self, request: Request) -> dict[str, Any]:
        """A payment under a fresh trace whose CLP04 is off by `amount` cents (1)."""
        stored, remitted = self._find_paid_claim(request)
        amount = int(read_number(request, "amount", 1))
        if amount == 0:
            raise RequestRefused("amount 0 would balance")
        with self._state.transaction():
            sent = self._pay(stored, [remitted], lambda payment: unbalance(payment, amount))
        return self._publish(sent, claim=stored.patient_control_number, off_by=amount)

    def reverse_and_correct(self, request: Request) -> dict[str, Any]:
        """Reversal (22) and correction (1, new CLP07) of a paid claim in one 835.

        The correction allows `allowed_percent` of what was allowed, never more than billed.
        Without a percentage it pays a tenth more, or a fifth less where nothing more can be paid.
        """
        stored, remitted = self._find_paid_claim(request)
        with self._state.transaction():
            icn = self._desk.next_claim_number()
            corrected = correct_claim(remitted, find_percentages(request), icn)
            sent = self._pay(stored, [reverse(remitted), corrected])
            self._state.mark_reversed(stored.id)
            second = replace(
                stored, icn=icn, original=stored.id, remitted=documents.dump(corrected)
            )
            row = self._state.add_claim(second)
            claim = view_claim(load_claim(stored.document))
            for fingerprint in find_line_fingerprints(claim).values():
                self._state.add_line(row, fingerprint)
        return self._publish(
            sent,
            claim=stored.patient_control_number,
            amount_before=remitted.amount_paid,
            amount_corrected=corrected.amount_paid,
        )

    def forward_balance(self, request: Request) -> dict[str, Any]:
        """Reversal alone of a paid claim: the negative total is forwarded by PLB FB, BPR02 is 0.

        The next payment of that payer to that provider takes the balance.
        """
        stored, remitted = self._find_paid_claim(request)
        with self._state.transaction():
            sent = self._pay(stored, [reverse(remitted)])
            self._state.mark_reversed(stored.id)
        return self._publish(
            sent, claim=stored.patient_control_number, forwarded=remitted.amount_paid
        )

    def _find_835(self, request: Request) -> Answer:
        name = request.get("file")
        found = self._state.find_answer(str(name)) if name else self._state.find_last_answer("835")
        if found is None or found.kind != "835":
            raise RequestRefused("no such 835 was sent yet")
        return found

    def _find_paid_claim(self, request: Request) -> tuple[StoredClaim, RemittedClaim]:
        number = request.get("claim")
        stored = self._state.find_adjudicated(str(number) if number else None)
        if stored is None or stored.remitted is None:
            raise RequestRefused("no such claim was paid yet")
        remitted = documents.load(RemittedClaim, stored.remitted)
        if remitted.amount_paid <= 0:
            raise RequestRefused("nothing was paid on that claim")
        return stored, remitted

    def _pay(
        self,
        stored: StoredClaim,
        claims: Sequence[RemittedClaim],
        change: Callable[[Payment], Payment] = lambda payment: payment,
    ) -> Sent:
        recipient = Recipient(stored.partner, stored.payer_id, stored.npi)
        payee = describe_payee(load_claim(stored.document))
        return self._desk.pay(recipient, payee, claims, is_regular=False, change=change)

    def _send_copy(self, original: Answer, content: bytes) -> dict[str, Any]:
        prefix = original.name.rsplit("-", 1)[0]
        with self._state.transaction():
            name = self._desk.name_file(prefix, "835")
            self._state.add_answer(Answer(name, "835-copy", content))
        self._house.publish()
        return {"file": name, "original": original.name, "size": len(content)}

    def _publish(self, sent: Sent, **facts: Any) -> dict[str, Any]:
        self._house.publish()
        return {
            "file": sent.name,
            "trace_number": sent.trace_number,
            "amount_paid": sent.amount_paid,
            **facts,
        }


def read_number(request: Request, name: str, default: int) -> Decimal:
    """A number from the request; text such as ``"80"`` is taken too."""
    try:
        number = Decimal(str(request.get(name, default)))
    except InvalidOperation as error:
        raise RequestRefused(f"{name} must be a number") from error
    if not number.is_finite():
        raise RequestRefused(f"{name} must be a number")
    return number


def find_percentages(request: Request) -> tuple[Decimal, ...]:
    """The percentages of the allowed amount to try, in order."""
    if "allowed_percent" not in request:
        return MORE_THEN_LESS
    percent = read_number(request, "allowed_percent", 100)
    if percent < 0:
        raise RequestRefused("allowed_percent must not be negative")
    return (percent,)


def correct_claim(
    remitted: RemittedClaim, percentages: Sequence[Decimal], icn: str
) -> RemittedClaim:
    """The first correction that changes the payment; RequestRefused when none does."""
    for percent in percentages:
        corrected = correct_allowed(remitted, percent, icn, 2)
        if corrected.amount_paid != remitted.amount_paid:
            return corrected
    raise RequestRefused("the correction would change nothing; choose another percentage")
