"""Let a finding of a chart stand, with a reason, or take that back."""

from django.db import transaction
from django.utils import timezone

from coding.actions.encounters import take
from coding.chart_facts import read_chart
from coding.models import ChartOverride, Encounter
from coding.rules import edits
from coding.rules.facts import Finding
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

GONE = "This edit is settled already. Nothing was changed."


@transaction.atomic
def override_finding(
    encounter: Encounter,
    key: str,
    *,
    reason: str,
    by: User,
    may_approve: bool,
    version: int | None = None,
) -> ChartOverride:
    """Let the finding named by `key` (Finding.key) stand while the facts it is about stay.

    `may_approve`: blocking findings too. Raises Refusal: 409 when the finding is gone, 403 when it
    blocks and this person may not pass it, 422 without a reason or when it is never overridden.
    """
    said = reason.strip()
    if not said:
        message = "Say why it may stand."
        raise Refusal("reason_missing", message, fields={"reason": message})
    take(encounter, by=by, version=version)
    finding = find(encounter, key)
    if finding is None or finding.override is not None:
        raise Refusal("finding_gone", GONE, status=409)
    if not finding.is_overridable:
        message = "This edit cannot be overridden; correct the codes."
        raise Refusal("not_overridable", message)
    if finding.severity == "blocking" and not may_approve:
        message = "Only a manager lets a blocking edit stand."
        raise Refusal("not_allowed", message, status=403)
    row = ChartOverride.objects.create(
        practice_id=encounter.practice_id,
        encounter=encounter,
        code=finding.code,
        subject=finding.subject,
        severity=finding.severity,
        message=finding.message[:300],
        reason=said[:300],
        created_by=by,
    )
    record("encounter.finding_overridden", encounter, by, code=finding.code, reason=said[:200])
    return row


@transaction.atomic
def withdraw_override(
    encounter: Encounter, key: str, *, by: User, version: int | None = None
) -> None:
    """The finding named by `key` counts again. Raises Refusal 409 when no override stands."""
    take(encounter, by=by, version=version)
    finding = find(encounter, key)
    subject = finding.subject if finding is not None else ""
    withdrawn = ChartOverride.objects.filter(
        encounter=encounter, subject=subject, withdrawn_at__isnull=True
    ).update(withdrawn_at=timezone.now(), withdrawn_by=by)
    if finding is None or not withdrawn:
        raise Refusal("override_gone", "No override stands here. Nothing was changed.", status=409)
    record("encounter.override_withdrawn", encounter, by, code=finding.code)


def find(encounter: Encounter, key: str) -> Finding | None:
    findings = edits.check(read_chart(encounter).facts)
    return next((finding for finding in findings if finding.key == key), None)


def record(name: str, encounter: Encounter, by: User, **data: str) -> None:
    events.record(name, encounter, by=by, patient_id=encounter.patient_id, **data)
