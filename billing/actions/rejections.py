"""Rejected claims as work: opened by an answer, owned, corrected and sent again as originals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from billing.actions.claim_scrubs import scrub_claim
from billing.actions.claim_status import advance_claims
from billing.actions.submissions import submit_ready
from billing.actions.work_owners import worker
from billing.models import Batch, Claim, ClaimFinding, InterchangeFile, Rejection, Submission
from billing.rejection_list import WAITING
from billing.rules.findings import BLOCKING
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

# A rejected claim was never filed: it goes out again within a day, or the filing limit runs.
HOURS_TO_CORRECT = 24
# What one click checks and sends: each check looks at one claim.
SENT_AT_ONCE = 200

CONTRADICTED = """
UPDATE billing_rejection r SET is_contradicted = true
WHERE r.practice_id = %(practice)s AND r.claim_id = ANY(%(claims)s)
  AND r.resolved_at IS NULL AND NOT r.is_contradicted
  AND EXISTS (
    SELECT FROM billing_claimacknowledgment a
    WHERE a.claim_id = r.claim_id AND a.verdict = 'accepted'
      AND a.batch_id IS NOT DISTINCT FROM r.batch_id
  )
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one claim was turned away. `reason` groups, `label` and `message` are plain words."""

    reason: str
    label: str
    message: str
    field: str = ""
    value_sent: str = ""


def current_batches(practice_id: int, claim_ids: Sequence[int]) -> dict[int, list[int]]:
    """Claim -> the batches it went out in, oldest first; the last is the sending that counts."""
    found: dict[int, list[int]] = {}
    rows = Submission.objects.filter(
        practice_id=practice_id, claim_id__in=claim_ids, is_pulled_back=False
    )
    for claim_id, batch_id in rows.order_by("pk").values_list("claim_id", "batch_id"):
        found.setdefault(claim_id, []).append(batch_id)
    return found


def claims_still_in(batch: Batch) -> dict[str, int]:
    """Number -> id of the claims whose latest sending is this batch. Two statements."""
    claims = dict(
        Claim.objects.filter(
            practice_id=batch.practice_id,
            submissions__batch=batch,
            submissions__is_pulled_back=False,
        ).values_list("patient_control_number", "pk")
    )
    batches = current_batches(batch.practice_id, list(claims.values()))
    return {number: pk for number, pk in claims.items() if batches[pk][-1] == batch.pk}


def open_rejections(
    file: InterchangeFile,
    batch: Batch | None,
    causes: dict[int, Cause],
    *,
    source: str,
    code: str,
) -> list[int]:
    """Reject those of the claims that may be, each with a finding and its work; the ids that moved.

    A claim whose sending is rejected already keeps its first rejection: the clock runs from there.
    Six statements for any number of claims.
    """
    moved = advance_claims(
        file.practice_id, list(causes), Claim.Status.REJECTED, by=None, file=file.pk
    )
    now = timezone.now()
    _note_findings(file, {claim_id: causes[claim_id] for claim_id in moved}, source, code)
    Rejection.objects.filter(claim_id__in=moved, resolved_at__isnull=True).update(resolved_at=now)
    Rejection.objects.bulk_create(
        Rejection(
            practice_id=file.practice_id,
            claim_id=claim_id,
            batch=batch,
            file=file,
            source=source,
            reason=causes[claim_id].reason[:60],
            label=causes[claim_id].label[:200],
            message=causes[claim_id].message[:300],
            field=causes[claim_id].field[:80],
            value_sent=causes[claim_id].value_sent[:200],
            owner_id=batch.created_by_id if batch else None,
            rejected_at=now,
            due_at=now + timedelta(hours=HOURS_TO_CORRECT),
        )
        for claim_id in moved
    )
    mark_contradicted(file.practice_id, list(causes))
    return moved


def _note_findings(file: InterchangeFile, causes: dict[int, Cause], source: str, code: str) -> None:
    """The rejection as a finding, which holds the claim back until it is checked again."""
    ClaimFinding.objects.bulk_create(
        ClaimFinding(
            practice_id=file.practice_id,
            claim_id=claim_id,
            code=code,
            severity=BLOCKING,
            message=cause.message[:300],
            fix="Correct it, check the claim again and send it as an original.",
            source=f"{'277CA' if source == '277' else source} {file.name}"[:100],
        )
        for claim_id, cause in causes.items()
    )


def mark_contradicted(practice_id: int, claim_ids: Sequence[int]) -> None:
    """Say on open rejections that the same sending was accepted, too. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(CONTRADICTED, {"practice": practice_id, "claims": list(claim_ids)})


@transaction.atomic
def assign_rejections(practice: Practice, ids: Sequence[int], *, to: int, by: User) -> int:
    """Make one person the owner of open rejections; how many. Raises Refusal for no biller."""
    owner = worker(to, practice.pk)
    rows = Rejection.objects.filter(practice=practice, pk__in=ids, resolved_at__isnull=True)
    chosen = sorted(rows.values_list("pk", flat=True))
    rows.filter(pk__in=chosen).update(owner=owner)
    events.record("rejection.assigned", practice, by=by, rejections=chosen, owner=owner.pk)
    return len(chosen)


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What became of the claims of one click: sent into the outbox, or held by a check."""

    sent: int
    held: int
    batches: list[Batch]


@transaction.atomic
def send_again(practice: Practice, ids: Sequence[int], *, by: User) -> SentAgain:
    """Corrected: check the claims of open rejections and put the clean ones into the outbox.

    They go as originals, since nobody took them in. The others are held with what the check found,
    and their clock goes on. Raises Refusal when none of the rejections is open, or for more than
    SENT_AT_ONCE of them; then nothing is written.
    """
    rows = Rejection.objects.filter(practice=practice, pk__in=ids, resolved_at__isnull=True)
    claims = list(
        Claim.objects.filter(practice=practice, status__in=WAITING, rejections__in=rows)
        .distinct()
        .order_by("pk")[: SENT_AT_ONCE + 1]
    )
    if not claims:
        raise Refusal("nothing_to_send", "These rejections are worked off already.", status=409)
    if len(claims) > SENT_AT_ONCE:
        raise Refusal("too_many", f"Choose at most {SENT_AT_ONCE} claims at once.")
    for claim in claims:
        scrub_claim(claim, by=by)
    ready = [claim.pk for claim in claims if claim.status == Claim.Status.READY]
    batches = submit_ready(practice, by=by, claim_ids=ready) if ready else []
    gone = Submission.objects.filter(batch__in=batches).order_by("claim_id")
    # Those without a route stay ready, and say so.
    sent = list(gone.values_list("claim_id", flat=True))
    events.record(
        "rejection.sent_again", practice, by=by, claims=[claim.pk for claim in claims], sent=sent
    )
    return SentAgain(len(sent), len(claims) - len(sent), batches)
