"""Watching whether payers have begun to deny something, and what people do about it."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from billing.actions import claim_rules
from billing.actions.claims import scrub_claim
from billing.models import Claim, ClaimRule
from billing.rules.practice_rules import Condition, write_blocks
from denials.change_pages import claims_to_hold
from denials.models import ChangeAlarm, DenialWeek
from denials.rules.shifts import WEEKS, WINDOWS, Counts, Shift, find_shifts, is_over, shown, total
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

# A payment may be posted long after its day; weeks older than this are history.
REWRITTEN_WEEKS = WEEKS + 1
MOST_HELD = 500
Key = tuple[int, str, str]

FORGET = "DELETE FROM denials_denialweek WHERE practice_id = %(practice)s AND week >= %(since)s"
# A claim counts once with each procedure, however many of its lines have it.
ADJUDICATED = """
INSERT INTO denials_denialweek (practice_id, payer_id, procedure_code, reason, week, claims)
SELECT %(practice)s, c.payer_id, coalesce(nullif(l.submitted_code, ''), l.procedure_code), '',
    date_trunc('week', r.paid_on)::date, count(DISTINCT l.remitted_claim_id)
FROM billing_remittance r
JOIN billing_remittedclaim m ON m.remittance_id = r.id
JOIN billing_claim c ON c.id = m.claim_id
JOIN billing_remittedline l ON l.remitted_claim_id = m.id
WHERE r.practice_id = %(practice)s AND r.paid_on >= %(since)s
    AND m.state = 'posted' AND m.status_code NOT IN ('22', '23', '25') AND l.procedure_code <> ''
GROUP BY 2, 3, 5
"""
DENIED = """
INSERT INTO denials_denialweek (practice_id, payer_id, procedure_code, reason, week, claims)
SELECT %(practice)s, c.payer_id, coalesce(nullif(l.submitted_code, ''), l.procedure_code), d.reason,
    date_trunc('week', r.paid_on)::date, count(DISTINCT l.remitted_claim_id)
FROM denials_denial d
JOIN billing_remittedline l ON l.id = d.remitted_line_id
JOIN billing_remittedclaim m ON m.id = d.remitted_claim_id
JOIN billing_remittance r ON r.id = m.remittance_id
JOIN billing_claim c ON c.id = m.claim_id
WHERE d.practice_id = %(practice)s AND r.paid_on >= %(since)s
    AND m.state = 'posted' AND m.status_code NOT IN ('22', '23', '25') AND l.procedure_code <> ''
GROUP BY 2, 3, 4, 5
"""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def roll_up(practice: Practice, today: date) -> None:
    """Rewrite the weeks the test looks at from what is posted now. Three statements."""
    since = monday_of(today) - timedelta(weeks=REWRITTEN_WEEKS)
    terms: dict[str, Any] = {"practice": practice.pk, "since": since}
    with connection.cursor() as db:
        for statement in (FORGET, ADJUDICATED, DENIED):
            db.execute(statement, terms)


def series_of(practice_id: int, today: date) -> dict[Key, list[Counts]]:
    """(payer, procedure, reason) -> the last 17 whole weeks, oldest first. One statement."""
    first = monday_of(today) - timedelta(weeks=WEEKS)
    weeks = [first + timedelta(weeks=n) for n in range(WEEKS)]
    rows = DenialWeek.objects.filter(practice_id=practice_id, week__range=(first, weeks[-1]))
    counts: dict[tuple[int, str, str], dict[date, int]] = defaultdict(dict)
    for payer_id, code, reason, week, claims in rows.values_list(
        "payer_id", "procedure_code", "reason", "week", "claims"
    ):
        counts[payer_id, code, reason][week] = claims
    return {
        (payer_id, code, reason): [
            Counts(counts[payer_id, code, ""].get(week, 0), denied.get(week, 0)) for week in weeks
        ]
        for (payer_id, code, reason), denied in list(counts.items())
        if reason
    }


@transaction.atomic
def watch_changes(practice: Practice, today: date) -> tuple[int, int]:
    """Roll up, open an alarm for each series that changed, end those that are over; how many.

    Safe to repeat. The statements are constant but for one per alarm that ends or opens.
    """
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    roll_up(practice, today)
    series = series_of(practice.pk, today)
    ended = end_over(practice, series)
    keys = list(series)
    standing = set(
        ChangeAlarm.objects.filter(practice=practice)
        .exclude(state=ChangeAlarm.State.OVER)
        .values_list("payer_id", "procedure_code", "reason")
    )
    fresh = [
        alarm_of(practice, keys[shift.at], shift, monday_of(today) - timedelta(weeks=1))
        for shift in find_shifts(list(series.values()))
        if keys[shift.at] not in standing
    ]
    opened = ChangeAlarm.objects.bulk_create(fresh)
    facts = [(alarm.pk, None, {"p_value": str(alarm.p_value)}) for alarm in opened]
    events.record_each("change_alarm.opened", ChangeAlarm, practice.pk, facts, by=None)
    return len(opened), ended


def alarm_of(practice: Practice, key: Key, shift: Shift, week: date) -> ChangeAlarm:
    payer_id, code, reason = key
    return ChangeAlarm(
        practice=practice,
        payer_id=payer_id,
        procedure_code=code,
        reason=reason,
        week=week,
        weeks=shift.weeks,
        recent_claims=shift.recent.lines,
        recent_denied=shift.recent.denied,
        baseline_claims=shift.baseline.lines,
        baseline_denied=shift.baseline.denied,
        p_value=shown(shift.p_value),
    )


def end_over(practice: Practice, series: dict[Key, list[Counts]]) -> int:
    """End the alarms whose last four weeks are as they were before."""
    rows = ChangeAlarm.objects.filter(practice=practice).exclude(state=ChangeAlarm.State.OVER)
    over = [
        alarm
        for alarm in rows.select_for_update(of=("self",))
        if is_over(
            total(
                series.get((alarm.payer_id, alarm.procedure_code, alarm.reason), [])[-WINDOWS[-1] :]
            ),
            Counts(alarm.baseline_claims, alarm.baseline_denied),
        )
    ]
    ChangeAlarm.objects.filter(pk__in=[alarm.pk for alarm in over]).update(
        state=ChangeAlarm.State.OVER, ended_at=timezone.now()
    )
    facts: list[tuple[int, None, dict[str, Any]]] = [(alarm.pk, None, {}) for alarm in over]
    events.record_each("change_alarm.ended", ChangeAlarm, practice.pk, facts, by=None)
    return len(over)


def take(alarm: ChangeAlarm, *states: str) -> ChangeAlarm:
    """Lock it. Raises Refusal 409 when it is in none of these states."""
    locked = ChangeAlarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if locked.state not in states:
        word = locked.get_state_display().lower()
        raise Refusal("alarm_changed", f"Somebody was first: this alarm is {word}.", status=409)
    return locked


@transaction.atomic
def acknowledge(alarm: ChangeAlarm, *, by: User, note: str = "") -> ChangeAlarm:
    """Somebody has seen it and says what is done about it."""
    locked = take(alarm, ChangeAlarm.State.OPEN)
    locked.state, locked.note = ChangeAlarm.State.ACKNOWLEDGED, note.strip()[:300]
    locked.acknowledged_by, locked.acknowledged_at = by, timezone.now()
    locked.save(update_fields=["state", "note", "acknowledged_by", "acknowledged_at"])
    events.record("change_alarm.acknowledged", locked, by=by)
    return locked


@transaction.atomic
def end_alarm(alarm: ChangeAlarm, *, by: User) -> ChangeAlarm:
    """A person says it is over; a rule made for it stays in force until it is retired."""
    locked = take(alarm, ChangeAlarm.State.OPEN, ChangeAlarm.State.ACKNOWLEDGED)
    locked.state, locked.ended_by, locked.ended_at = ChangeAlarm.State.OVER, by, timezone.now()
    locked.save(update_fields=["state", "ended_by", "ended_at"])
    events.record("change_alarm.ended", locked, by=by)
    return locked


@transaction.atomic
def hold_claims(alarm: ChangeAlarm, *, by: User, today: date | None = None) -> int:
    """Hold what is not sent yet of the payer and procedure, by a rule; how many claims it holds.

    The rule is tried on past claims first and enabled by this person. At most 500 claims are
    checked anew at once; the rule stops others when they are drafted or checked. Raises Refusal 409
    when a rule holds them already.
    """
    day = today or timezone.localdate()
    locked = take(alarm, ChangeAlarm.State.OPEN, ChangeAlarm.State.ACKNOWLEDGED)
    if locked.rule is not None and locked.rule.state == "active":
        raise Refusal("held_already", f"“{locked.rule}” holds them already.", status=409)
    rule = claim_rules.make_rule(
        locked.practice, by=by, starts_on=day - timedelta(days=365), **terms_of(locked)
    )
    claim_rules.try_rule(rule, by=by, today=day)
    claim_rules.enable_rule(rule, by=by)
    locked.rule = rule
    locked.save(update_fields=["rule"])
    for claim in claims_to_hold(locked)[:MOST_HELD]:
        scrub_claim(claim, by=by, today=day)
    held = (
        Claim.objects.filter(
            practice=locked.practice,
            status=Claim.Status.HELD,
            findings__code=rule.code,
            findings__resolved_at=None,
        )
        .distinct()
        .count()
    )
    events.record("change_alarm.claims_held", locked, by=by, rule=rule.pk, claims=held)
    return held


def terms_of(alarm: ChangeAlarm) -> dict[str, Any]:
    """The rule that holds a payer's claims with the procedure."""
    payer = alarm.payer
    block = (
        Condition("payer", "have", (payer.payer_id,)),
        Condition("procedure", "have", (alarm.procedure_code,)),
    )
    said = f"{payer.short_name} denies {alarm.procedure_code} with {alarm.reason}"
    return {
        "name": f"Payer change: {said}"[:80],
        "terms": write_blocks((block,)),
        "action": ClaimRule.Action.HOLD,
        "message": f"{said} more often than before. Ask the payer before it is sent."[:200],
    }
