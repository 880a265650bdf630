"""One fix for all held claims with the same finding, with the list first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from billing.actions.claim_scrubs import lock_claim, scrub_claim
from billing.models import Claim, ClaimFinding
from billing.rules.claim_content import read_content, to_json
from billing.rules.findings import BLOCKING
from billing.rules.practice_rules import set_value
from billing.rules.splitting import STANDING
from billing.rules.transitions import UNSENT
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

# One request fixes no more; the rest keeps its group and is fixed with the next.
MOST_CLAIMS = 500
FIXED, OVERRIDDEN = "claim.fixed", "claim.finding_overridden"


@dataclass(frozen=True, slots=True)
class Change:
    """What the fix would do to one claim: the lines or the field before and after."""

    claim: Claim
    before: str
    after: str


def held_claims(practice: Practice, code: str) -> list[Claim]:
    """Unsent claims that a finding of this code holds, oldest first."""
    found = ClaimFinding.objects.filter(
        practice=practice, code=code, severity=BLOCKING, resolved_at__isnull=True
    )
    claims = Claim.objects.filter(
        practice=practice, status__in=UNSENT, pk__in=found.values("claim_id")
    )
    return list(claims.select_related("patient", "payer").order_by("pk")[:MOST_CLAIMS])


def plan_fix(practice: Practice, code: str, field: str, value: str) -> list[Change]:
    """What setting the field would change, claim by claim; claims it leaves as they are out."""
    found = []
    claims = held_claims(practice, code)
    held = _held_lines(practice.pk, code, [claim.pk for claim in claims])
    for claim in claims:
        lines = held.get(claim.pk, [])
        before = read_content(claim.content)
        after = set_value(before, field, value, lines)
        if after != before:
            found.append(Change(claim, _shown(before, field), _shown(after, field)))
    return found


def apply_fix(
    practice: Practice,
    code: str,
    field: str,
    value: str,
    *,
    claim_ids: Sequence[int],
    by: User,
    today: date | None = None,
) -> list[Claim]:
    """Set the field on those of the listed claims the finding still holds, and check them again.

    `claim_ids` are what the person saw; claims that joined the group since are left alone. Each
    claim stands by itself: one that was sent meanwhile does not keep the others. Returns the claims
    changed.
    """
    chosen = set(claim_ids)
    changed = []
    for claim in held_claims(practice, code):
        if claim.pk in chosen and _fix(claim, code, field, value, by, today):
            changed.append(claim)
    return changed


@transaction.atomic
def _fix(claim: Claim, code: str, field: str, value: str, by: User, today: date | None) -> bool:
    row = lock_claim(claim)
    if row.status not in UNSENT:
        return False
    lines = _held_lines(row.practice_id, code, [row.pk]).get(row.pk)
    if lines is None:
        return False
    before = read_content(row.content)
    after = set_value(before, field, value, lines)
    if after == before:
        return False
    row.content = to_json(after)
    row.save(update_fields=["content"])
    events.record(FIXED, row, by=by, patient_id=row.patient_id, code=code, field=field)
    scrub_claim(claim, by=by, today=today)
    return True


def _held_lines(
    practice_id: int, code: str, claim_ids: Sequence[int]
) -> dict[int, list[int | None]]:
    """Of claims the finding holds now: its lines, None where it is about the claim."""
    rows = ClaimFinding.objects.filter(
        practice_id=practice_id,
        claim__in=claim_ids,
        code=code,
        severity=BLOCKING,
        resolved_at__isnull=True,
    )
    found: dict[int, list[int | None]] = {}
    for claim_id, line in rows.order_by("pk").values_list("claim_id", "line"):
        found.setdefault(claim_id, []).append(line)
    return found


def _shown(claim: object, field: str) -> str:
    """The value as the list shows it."""
    if field == "modifier":
        return ", ".join(
            f"{line.procedure_code}{''.join('-' + m for m in line.modifiers)}"
            for line in claim.lines  # type: ignore[attr-defined]  # both kinds of claim have them
        )
    if field == "note":
        return "; ".join(note.text for note in claim.notes)  # type: ignore[attr-defined]  # same
    return str(getattr(claim, f"{field}_number"))


@transaction.atomic
def override_finding(
    finding: ClaimFinding, *, by: User, reason: str, today: date | None = None
) -> Claim:
    """A person's decision to send a claim in spite of one finding; it is not raised again on it.

    Raises Refusal without a reason, or when the finding is none that holds an unsent claim.
    """
    if not reason.strip():
        message = "Say why it may go out in spite of this."
        raise Refusal("reason_missing", message, fields={"reason": message})
    row = lock_claim(finding.claim)
    locked = ClaimFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if locked.resolved_at is not None or locked.severity != BLOCKING or row.status not in UNSENT:
        raise Refusal("not_held", "This finding does not hold the claim any more.", status=409)
    if locked.code in STANDING:
        message = "It is not what its chart says by now. Send the chart back to the coder."
        raise Refusal("not_overridable", message)
    row.overridden_codes = sorted({*row.overridden_codes, locked.code})
    row.save(update_fields=["overridden_codes"])
    events.record(
        OVERRIDDEN,
        row,
        by=by,
        patient_id=row.patient_id,
        code=locked.code,
        reason=reason.strip()[:200],
    )
    scrub_claim(row, by=by, today=today)
    return row
