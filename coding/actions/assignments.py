"""Giving charts to coders: by a lead, by rules, and by taking one over."""

from collections.abc import Collection, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from coding.actions.encounters import LOCK
from coding.models import AssignmentRule, Encounter
from coding.rules.assignment import GivingRule, WaitingChart, distribute
from coding.work_order import OPEN_STATES, is_unlocked
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Event, Membership, Practice, User

# Charts given out in one go; the next sweep gives the rest.
CHUNK = 5_000


def coders_of(practice_id: int) -> list[User]:
    """Everybody who may code in a practice, by name."""
    members = Membership.objects.filter(
        practice_id=practice_id, role__in=access.roles_with("coding.work")
    )
    return [row.user for row in members.select_related("user").order_by("user__last_name", "pk")]


@transaction.atomic
def assign_charts(
    practice: Practice, ids: Collection[int], to: User | None, *, by: User | None
) -> int:
    """Give open charts and those on hold to a coder, or to nobody (`to` None); how many changed.

    A chart somebody has open stays in her hands; she keeps it until she is done. Raises Refusal
    when `to` does not code in the practice. Two statements.
    """
    if to is not None and to.pk not in {user.pk for user in coders_of(practice.pk)}:
        raise Refusal("not_a_coder", f"{to} does not code in this practice.")
    rows = Encounter.objects.filter(
        practice=practice, pk__in=ids, state__in=[*OPEN_STATES, Encounter.State.HELD]
    )
    # To nobody means away from whoever has it.
    changed = rows.exclude(owner=to) if to else rows.filter(owner__isnull=False)
    found = changed.select_for_update(of=("self",)).values_list("pk", flat=True)
    return _give(practice.pk, dict.fromkeys(found, to.pk if to else None), by)


def _give(practice_id: int, given: Mapping[int, int | None], by: User | None) -> int:
    """Write owners and events. Two statements, whatever the number."""
    if not given:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE coding_encounter SET owner_id = given.coder
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (chart, coder)
            WHERE id = given.chart AND practice_id = %s
            RETURNING id, patient_id
            """,
            [list(given), list(given.values()), practice_id],
        )
        rows = cursor.fetchall()
    Event.objects.bulk_create(
        Event(
            practice_id=practice_id,
            name="encounter.given",
            subject_type="encounter",
            subject_id=pk,
            patient_id=patient_id,
            data={"coder": given[pk]},
            created_by=by,
        )
        for pk, patient_id in rows
    )
    return len(rows)


@transaction.atomic
def assign_by_rules(practice: Practice, *, by: User | None = None) -> int:
    """Give open charts that are nobody's to coders by the practice's rules; how many.

    At most CHUNK at once, first to code first; what somebody has open is left alone. Safe to run
    at any time and by several workers.
    """
    rules = giving_rules(practice.pk)
    if not rules:
        return 0
    waiting = (
        Encounter.objects.filter(
            is_unlocked(), practice=practice, owner__isnull=True, state__in=OPEN_STATES
        )
        .order_by("-priority", "date_of_service", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list(
            *("pk", "specialty", "visit_type", "provider_id"),
            *("coverage__payer_id", "coverage__payer__payer_class"),
        )
    )
    charts = [
        WaitingChart(pk, specialty, visit_type, provider_id, payer_id, payer_class or "")
        for pk, specialty, visit_type, provider_id, payer_id, payer_class in waiting[:CHUNK]
    ]
    return _give(practice.pk, distribute(charts, rules, load_of(practice.pk)), by)


def giving_rules(practice_id: int) -> list[GivingRule]:
    """The active rules in their order, with those of their coders who still code here."""
    coding = {user.pk for user in coders_of(practice_id)}
    rows = AssignmentRule.objects.filter(practice_id=practice_id, is_active=True)
    return [
        GivingRule(
            row.specialty,
            row.visit_type,
            row.provider_id,
            row.payer_id,
            row.payer_class,
            tuple(coder for coder in row.coders if coder in coding),
        )
        for row in rows.order_by("position")
    ]


def load_of(practice_id: int) -> dict[int, int]:
    """Coder -> open charts that are hers."""
    rows = Encounter.objects.filter(
        practice_id=practice_id, owner__isnull=False, state__in=OPEN_STATES
    )
    return dict(rows.values_list("owner").annotate(count=Count("pk")).order_by())


@transaction.atomic
def take_over(encounter: Encounter, *, by: User) -> None:
    """Take a chart out of another coder's hands; her next change is refused with who has it now.

    Nothing she saved is lost, as every change is saved at once. Raises Refusal 409 when the chart
    is not open any more, or nobody else has it.
    """
    held = Encounter.objects.filter(
        pk=encounter.pk, state__in=OPEN_STATES, locked_until__gte=timezone.now()
    ).exclude(assigned_to=by)
    before = encounter.assigned_to
    taken = held.filter(assigned_to__isnull=False).update(
        assigned_to=by, locked_until=timezone.now() + LOCK, version=F("version") + 1
    )
    if not taken:
        raise Refusal(
            "nothing_to_take", "Nobody else has this chart open. Open it as usual.", status=409
        )
    encounter.refresh_from_db()
    events.record(
        "encounter.taken_over",
        encounter,
        by=by,
        patient_id=encounter.patient_id,
        earlier=before.pk if before else None,
    )


@transaction.atomic
def save_rule(rule: AssignmentRule, *, by: User | None) -> None:
    """Write a rule, new ones last. Raises Refusal when it names nobody who codes here."""
    coding = {user.pk for user in coders_of(rule.practice_id)}
    if not rule.coders or not set(rule.coders) <= coding:
        message = "Name at least one coder of this practice."
        raise Refusal("no_coder", message, fields={"coders": message})
    if not rule.name.strip():
        raise Refusal("name_missing", "Give the rule a name.", fields={"name": "Required."})
    if rule.pk is None:
        rule.created_by = by
        last = (
            AssignmentRule.objects.filter(practice_id=rule.practice_id).order_by("position").last()
        )
        rule.position = last.position + 1 if last else 1
    rule.save()
    events.record("assignment_rule.saved", rule, by=by)


@transaction.atomic
def remove_rule(rule: AssignmentRule, *, by: User | None) -> None:
    """Charts it gave stay with their coders."""
    events.record("assignment_rule.removed", rule, by=by, rule=rule.name)
    rule.delete()


@transaction.atomic
def order_rules(practice: Practice, ids: Sequence[int], *, by: User | None) -> None:
    """Put the rules in this order. Raises Refusal 409 when a rule is missing or unknown."""
    rules = {rule.pk: rule for rule in AssignmentRule.objects.filter(practice=practice)}
    if set(ids) != set(rules):
        raise Refusal("rules_changed", "The rules changed meanwhile. Reload the page.", status=409)
    for position, pk in enumerate(ids, 1):
        rules[pk].position = position
    AssignmentRule.objects.bulk_update(rules.values(), ["position"])
    events.record("assignment_rule.ordered", practice, by=by)
