"""What is recorded under a payer, trace number and day, and what a transaction says, as content to
compare (billing.rules.identity). Nothing is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from billing.models import Remittance
from billing.rules.identity import (
    Content,
    Fingerprint,
    Known,
    LineContent,
    fingerprint_adjustment,
    fingerprint_claim,
)
from billing.rules.posting import REVERSAL
from billing.staging import cursor
from rcm.money import to_cents
from rcm.x12.items import Item
from rcm.x12.remittance_835 import (
    Adjustment,
    ProviderAdjustment,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)

CHUNK_CLAIMS = 1000
# Held because no money moved: the payment itself may still come, saying the same.
UNREAL = frozenset({"test_file", "debit_payment", "negative_payment", "foreign_currency"})
CLAIMS = """
SELECT position, id, patient_control_number, payer_claim_control_number, status_code,
       (amount_billed * 100)::bigint, (amount_paid * 100)::bigint
FROM billing_remittedclaim
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s AND position > %(after)s
ORDER BY position LIMIT %(limit)s
"""
LINES = """
SELECT remitted_claim_id, id, procedure_code, modifiers, (amount_billed * 100)::bigint,
       (amount_paid * 100)::bigint, line_control_number, date_of_service
FROM billing_remittedline
WHERE practice_id = %(practice)s AND remitted_claim_id = ANY(%(claims)s)
"""
ADJUSTMENTS = """
SELECT remitted_claim_id, remitted_line_id, "group", reason, (amount * 100)::bigint
FROM billing_adjustment
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND remitted_claim_id = ANY(%(claims)s)
"""
Triplet = tuple[str, str, int]


def lock_known(
    practice_id: int, payer_identifier: str, trace_number: str, paid_on: date
) -> list[Remittance]:
    """The remittances of one payer, trace number and day, oldest first, locked: whoever else reads
    the same payment waits.
    """
    return list(
        Remittance.objects.select_for_update(of=("self",))
        .filter(practice_id=practice_id, payer_identifier=payer_identifier)
        .filter(trace_number=trace_number, paid_on=paid_on)
        .exclude(state=Remittance.State.REPLACED)
        .order_by("copy_number")
    )


def next_copy(practice_id: int, start: RemittanceStart, paid_on: date) -> int:
    """The next number for this payer, trace number and day; replaced ones count."""
    rows = Remittance.objects.filter(
        practice_id=practice_id,
        payer_identifier=start.payer_identifier,
        trace_number=start.trace_number,
        paid_on=paid_on,
    )
    return (rows.aggregate(last=Max("copy_number"))["last"] or 0) + 1


def comparable(known: Iterable[Remittance], hold_code: str) -> list[Remittance]:
    """A test, or what was told in no real payment, does not make the real payment a repetition."""
    return [
        row
        for row in known
        if row.state != Remittance.State.HELD
        or row.hold_code not in UNREAL
        or row.hold_code == hold_code
    ]


def known_of(remittance: Remittance) -> Known:
    """A recorded remittance as the rules compare it."""
    deposited = to_cents(remittance.amount_paid - remittance.amount_elsewhere)
    is_waiting = remittance.state == Remittance.State.HELD and remittance.hold_code == "unbalanced"
    return Known(remittance.pk, recorded_content(remittance), deposited, is_waiting)


def recorded_content(remittance: Remittance) -> Content:
    """What a remittance said, from its rows."""
    levels = [row["level"] for row in remittance.differences]
    content = Content(
        to_cents(remittance.amount_paid),
        is_balanced=not levels,
        is_short=levels == ["transaction"],
    )
    with cursor() as db:
        for number, status_code, paid, entry in recorded_claims(db, remittance):
            content.add(entry, paid)
            content.claims.add((number, status_code == REVERSAL))
    rows = remittance.provider_adjustments.values_list(
        "provider_identifier", "code", "reference", "amount"
    )
    for provider, code, reference, amount in rows:
        cents = to_cents(amount)
        content.add(fingerprint_adjustment(provider, code, reference, cents), -cents)
    return content


def recorded_claims(
    db: CursorWrapper, remittance: Remittance
) -> Iterator[tuple[str, str, int, Fingerprint]]:
    """Claim number, status, cents paid and fingerprint of each claim, by the thousand."""
    names: dict[str, Any] = {"practice": remittance.practice_id, "remittance": remittance.pk}
    after = 0
    while True:
        db.execute(CLAIMS, names | {"after": after, "limit": CHUNK_CLAIMS})
        claims = db.fetchall()
        if not claims:
            return
        after = claims[-1][0]
        chunk = names | {"claims": [row[1] for row in claims]}
        of_claim: defaultdict[int, list[Triplet]] = defaultdict(list)
        of_line: defaultdict[int, list[Triplet]] = defaultdict(list)
        db.execute(ADJUSTMENTS, chunk)
        for claim_id, line_id, group, reason, amount in db.fetchall():
            found = of_claim[claim_id] if line_id is None else of_line[line_id]
            found.append((group, reason, amount))
        lines: defaultdict[int, list[LineContent]] = defaultdict(list)
        db.execute(LINES, chunk)
        for claim_id, pk, code, modifiers, billed, paid, number, day in db.fetchall():
            content = (code, tuple(modifiers), billed, paid, number, day, tuple(of_line[pk]))
            lines[claim_id].append(LineContent(*content))
        for _, pk, number, payer_number, status, billed, paid in claims:
            entry = fingerprint_claim(
                number, payer_number, status, billed, paid, of_claim[pk], lines[pk]
            )
            yield number, status, paid, entry


def survey(
    amount_paid: int, items: Iterable[Item], *, with_claims: bool
) -> tuple[Content, RemittanceEnd | None]:
    """What a transaction says, read to its end; None when it broke off.

    Without claims (another practice's payment) only its amount is compared.
    """
    content = Content(amount_paid)
    end: RemittanceEnd | None = None
    for item in items:
        if isinstance(item, RemittedClaim) and with_claims:
            content.add(fingerprint(item), item.amount_paid)
            content.claims.add((item.patient_control_number, item.status_code == REVERSAL))
        elif isinstance(item, RemittanceEnd):
            end = item
    if end is None:
        return content, None
    if with_claims:
        for row in end.provider_adjustments:
            content.add(fingerprint_provider_adjustment(row), -row.amount)
    content.is_balanced = end.is_balanced
    content.is_short = [row.level for row in end.differences] == ["transaction"]
    return content, end


def fingerprint(claim: RemittedClaim) -> Fingerprint:
    """Of a claim just read; equal to that of the same claim recorded."""
    return fingerprint_claim(
        claim.patient_control_number,
        claim.payer_claim_control_number,
        claim.status_code,
        claim.amount_billed,
        claim.amount_paid,
        triplets(claim.adjustments),
        map(line_content, claim.lines),
    )


def fingerprint_provider_adjustment(row: ProviderAdjustment) -> Fingerprint:
    return fingerprint_adjustment(row.provider_identifier, row.code, row.reference, row.amount)


def line_content(line: RemittedLine) -> LineContent:
    return LineContent(
        line.procedure_code,
        line.modifiers,
        line.amount_billed,
        line.amount_paid,
        line.line_control_number,
        line.date_of_service,
        tuple(triplets(line.adjustments)),
    )


def triplets(adjustments: Iterable[Adjustment]) -> list[Triplet]:
    return [(row.group, row.reason, row.amount) for row in adjustments]
