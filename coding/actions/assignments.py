"""Giving charts to coders: by a lead, by rules, and by taking one over."""

from collections.abc import Callable, Collection
from typing import NamedTuple
from uuid import uuid4

from django.core import signing
from django.db import connection, transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from coding.actions.chart_events import record_many
from coding.actions.encounters import LOCK, put_down, resting_state
from coding.models import AssignmentRule, Encounter
from coding.rules.assignment import GivingRule, WaitingChart, distribute
from coding.work_order import LIST_ORDER, OPEN_STATES, is_unlocked, nobodys
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Event, Membership, Practice, User

# Charts given out in one go; the next sweep gives the rest.
CHUNK = 5_000
GIVEN_STATES = (*OPEN_STATES, Encounter.State.HELD)
UNDO_SALT = "coding.giving"
UNDO_SECONDS = 24 * 3600
# Chart -> the coder it goes to, None for nobody.
Giver = Callable[[int], int | None]


class Given(NamedTuple):
    """How many charts changed hands, and the name of the act, for undo_giving."""

    charts: int
    act: str


def coders_of(practice_id: int) -> list[User]:
    """Everybody who may code in a practice, by name."""
    members = Membership.objects.filter(
        practice_id=practice_id, role__in=access.roles_with("coding.work")
    )
    return [row.user for row in members.select_related("user").order_by("user__last_name", "pk")]


@transaction.atomic
def assign_charts(
    practice: Practice, ids: Collection[int], to: User | None, *, by: User | None
) -> Given:
    """Give open charts and those on hold to a coder, or to nobody (`to` None).

    A chart somebody has open stays in her hands; she keeps it until she is done. Raises Refusal
    when `to` does not code in the practice. At most four statements.
    """
    if to is not None and to.pk not in {user.pk for user in coders_of(practice.pk)}:
        raise Refusal("not_a_coder", f"{to} does not code in this practice.")
    rows = Encounter.objects.filter(practice=practice, pk__in=ids, state__in=GIVEN_STATES)
    # To nobody means away from whoever has it.
    changed = rows.exclude(owner=to) if to else rows.filter(owner__isnull=False)
    return _give(practice.pk, changed, lambda _: to.pk if to else None, by)


@transaction.atomic
def undo_giving(practice: Practice, act: str, *, by: User) -> int:
    """Take back one giving of one's own (Given.act): each chart to its earlier owner; how many.

    What was coded or given to somebody else since stays. Raises Refusal 409 when nothing is left
    to undo, also when it was a day ago.
    """
    try:
        first, last, name = signing.loads(act, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise Refusal("undo_gone", "There is nothing to undo here any more.", status=409) from error
    made = Event.objects.filter(
        practice=practice, pk__range=(first, last), name="encounter.given", created_by=by
    )
    owners: dict[int, int | None] = {}
    earlier: dict[int, int | None] = {}
    for pk, data in made.filter(data__act=name).values_list("subject_id", "data"):
        if pk is not None:
            owners[pk], earlier[pk] = data["coder"], data["earlier"]
    charts = Encounter.objects.filter(practice=practice, pk__in=owners, state__in=GIVEN_STATES)
    still = [pk for pk, owner in charts.values_list("pk", "owner") if owner == owners[pk]]
    done = _give(practice.pk, charts.filter(pk__in=still), lambda pk: earlier[pk], by)
    if not done.charts:
        raise Refusal("undo_gone", "There is nothing to undo here any more.", status=409)
    return done.charts


def _give(practice_id: int, rows: QuerySet[Encounter], coder_of: Giver, by: User | None) -> Given:
    """Lock the rows, write owners and events. Three statements, whatever the number."""
    locked = rows.select_for_update(of=("self",)).values_list("pk", "patient_id", "owner")
    found = {pk: (patient_id, owner) for pk, patient_id, owner in locked}
    given = {pk: coder_of(pk) for pk in found}
    if not given:
        return Given(0, "")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE coding_encounter SET owner_id = given.coder
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (chart, coder)
            WHERE id = given.chart AND practice_id = %s
            """,
            [list(given), list(given.values()), practice_id],
        )
    act = uuid4().hex[:12]
    ids = record_many(
        practice_id,
        "encounter.given",
        {pk: patient_id for pk, (patient_id, _) in found.items()},
        by=by,
        own={pk: {"coder": given[pk], "earlier": found[pk][1]} for pk in given},
        act=act,
    )
    return Given(len(given), signing.dumps((min(ids), max(ids), act), salt=UNDO_SALT))


@transaction.atomic
def assign_by_rules(practice: Practice, *, by: User | None = None) -> int:
    """Give open charts that are nobody's to coders by the practice's rules; how many.

    At most CHUNK at once, first to code first; what somebody has open is left alone. Safe to run
    at any time and by several workers.
    """
    given = plan_by_rules(practice, locks=True)
    charts = Encounter.objects.filter(practice=practice, pk__in=given)
    return _give(practice.pk, charts, lambda pk: given[pk], by).charts if given else 0


def plan_by_rules(practice: Practice, *, locks: bool = False) -> dict[int, int]:
    """Chart -> coder, as the rules would give the next CHUNK charts now. Four statements."""
    rules = giving_rules(practice.pk)
    if not rules:
        return {}
    free = Encounter.objects.filter(is_unlocked(), practice=practice, state__in=OPEN_STATES)
    waiting = nobodys(free, *LIST_ORDER)
    if locks:
        waiting = waiting.select_for_update(of=("self",), skip_locked=True)
    columns = waiting.values_list(
        *("pk", "specialty", "visit_type", "provider_id"),
        *("coverage__payer_id", "coverage__payer__payer_class"),
    )
    charts = [
        WaitingChart(pk, specialty, visit_type, provider_id, payer_id, payer_class or "")
        for pk, specialty, visit_type, provider_id, payer_id, payer_class in columns[:CHUNK]
    ]
    return distribute(charts, rules, load_of(practice.pk))


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
def take_away(encounter: Encounter, *, by: User) -> None:
    """Put a chart down for a coder who went away with it open: anybody may take it then.

    What she saved stays. Her next change from a page opened before is refused, as its version is an
    old one. Raises Refusal 409 when nobody has it open.
    """
    row = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if row.state not in OPEN_STATES or not row.is_locked:
        raise Refusal("nothing_to_take", "Nobody has this chart open any more.", status=409)
    earlier = row.assigned_to_id
    put_down(row, state=resting_state(row), version=row.version + 1)
    encounter.refresh_from_db()
    patient_id = encounter.patient_id
    events.record("encounter.put_down", encounter, by=by, patient_id=patient_id, earlier=earlier)
