"""Giving charts to coders: by a lead, by rules, and by taking one over."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple
from uuid import uuid4

from django.core import signing
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from coding.actions.chart_events import record_many
from coding.actions.chart_locks import in_one_order
from coding.actions.encounters import LOCK, put_down, resting_state
from coding.credential_facts import credential_gate, gate_past, require_credential, unmet_by
from coding.models import AssignmentRule, Encounter
from coding.rules.assignment import GivingRule, WaitingChart, distribute
from coding.rules.credentials import VisitKind, WantedCredential, care_of, is_kept_from
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
    """How many charts changed hands, and the name of the act, for undo_giving.

    `left` are those that were not given for want of a credential.
    """

    charts: int
    act: str
    left: int = 0


def coders_of(practice_id: int) -> list[User]:
    """Everybody who may code in a practice, by name."""
    members = Membership.objects.filter(
        practice_id=practice_id, role__in=access.roles_with("coding.work")
    )
    return [row.user for row in members.select_related("user").order_by("user__last_name", "pk")]


def find_coder(practice_id: int, pk: int) -> User:
    """Raises Refusal when there is nobody of this id who codes in the practice."""
    found = next((user for user in coders_of(practice_id) if user.pk == pk), None)
    if found is None:
        raise Refusal("not_a_coder", "This person does not code in this practice.")
    return found


@transaction.atomic
def assign_charts(
    practice: Practice, ids: Collection[int], to: User | None, *, by: User | None
) -> Given:
    """Give open charts and those on hold to a coder, or to nobody (`to` None).

    A chart somebody has open stays in her hands; she keeps it until she is done. What the coder
    lacks a credential for is left where it is. Raises Refusal when `to` does not code in the
    practice. At most seven statements.
    """
    rows = Encounter.objects.filter(practice=practice, pk__in=ids, state__in=GIVEN_STATES)
    if to is None:
        # To nobody means away from whoever has it.
        return _give(practice.pk, rows.filter(owner__isnull=False), lambda _: None, by)
    if to not in coders_of(practice.pk):
        raise Refusal("not_a_coder", f"{to} does not code in this practice.")
    changed = rows.exclude(owner=to)
    gate = credential_gate(practice.pk, to)
    left = changed.exclude(gate).count() if gate else 0
    return _give(practice.pk, changed.filter(gate), lambda _: to.pk, by)._replace(left=left)


@transaction.atomic
def take_back(practice: Practice, owner: int, *, by: User) -> Given:
    """Everything open or on hold of a person who does not code here any more goes to nobody.

    Raises Refusal 409 when the person codes here (again).
    """
    coder = next((user for user in coders_of(practice.pk) if user.pk == owner), None)
    if coder is not None:
        message = f"{coder} codes here, so the charts stay. Nothing was changed."
        raise Refusal("codes_here", message, status=409)
    rows = Encounter.objects.filter(practice=practice, owner=owner, state__in=GIVEN_STATES)
    return _give(practice.pk, rows, lambda _: None, by, left_behind=True)


@transaction.atomic
def undo_giving(practice: Practice, act: str, *, by: User) -> int:
    """Take back one giving of one's own (Given.act): each chart to its earlier owner; how many.

    To nobody where the earlier owner may not code it any more, but what was taken back from a
    person who had left is that person's again. What was coded or given to somebody else since
    stays. Raises Refusal 409 when nothing is left to undo, also when it was a day ago.
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
    left_behind = False
    for pk, data in made.filter(data__act=name).values_list("subject_id", "data"):
        if pk is not None:
            owners[pk], earlier[pk] = data["coder"], data["earlier"]
            left_behind = data.get("left_behind", False)
    charts = Encounter.objects.filter(practice=practice, pk__in=owners, state__in=GIVEN_STATES)
    back = _earlier_owners(practice.pk, charts, owners, earlier, left_behind=left_behind)
    moved = [pk for pk, owner in back.items() if owner != owners[pk]]
    done = _give(practice.pk, charts.filter(pk__in=moved), lambda pk: back[pk], by)
    if not done.charts:
        raise Refusal("undo_gone", "There is nothing to undo here any more.", status=409)
    return done.charts


def _earlier_owners(
    practice_id: int,
    charts: QuerySet[Encounter],
    owners: Mapping[int, int | None],
    earlier: Mapping[int, int | None],
    *,
    left_behind: bool,
) -> dict[int, int | None]:
    """Chart still of its owner -> the earlier one, None where that person may not code it now.

    `left_behind` charts were of somebody who did not code here then, and may be so again. Locks
    the charts: nobody gives one on between this answer and the writing of it.
    """
    columns = ("pk", "owner", "stay__type_of_bill", "specialty", "visit_type")
    kinds = list(in_one_order(charts).values_list(*columns))
    coding = {user.pk for user in coders_of(practice_id)}
    unmet = unmet_by(practice_id, coding.intersection(pk for pk in earlier.values() if pk))
    found: dict[int, int | None] = {}
    for pk, owner, bill, specialty, visit_type in kinds:
        if owner == owners[pk]:
            person = earlier[pk]
            visit = VisitKind(care_of(bill), specialty, visit_type)
            may = person in unmet and not is_kept_from(unmet[person], visit)
            is_back = may or (left_behind and person not in coding)
            found[pk] = person if is_back else None
    return found


def _give(
    practice_id: int,
    rows: QuerySet[Encounter],
    coder_of: Giver,
    by: User | None,
    **data: object,
) -> Given:
    """Lock the rows, write owners and events. Three statements, whatever the number.

    `data` is kept in every event.
    """
    columns = in_one_order(rows).values_list("pk", "patient_id", "owner")
    found = {pk: (patient_id, owner) for pk, patient_id, owner in columns}
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
        **data,
    )
    return Given(len(given), signing.dumps((min(ids), max(ids), act), salt=UNDO_SALT))


@transaction.atomic
def assign_by_rules(
    practice: Practice, *, ids: Collection[int] | None = None, by: User | None = None
) -> int:
    """Give open charts that are nobody's to coders by the practice's rules; how many.

    Of these charts or of all, at most CHUNK at once, first to code first; what somebody has open is
    left alone. Only what is given is locked, so that coders who ask meanwhile find the rest. Safe
    to run at any time and by several workers.
    """
    given = plan_by_rules(practice, ids=ids)
    charts = _free_charts(practice).filter(pk__in=given)
    return _give(practice.pk, charts, lambda pk: given[pk], by).charts if given else 0


def _free_charts(practice: Practice) -> QuerySet[Encounter]:
    return Encounter.objects.filter(
        is_unlocked(), practice=practice, state__in=OPEN_STATES, owner__isnull=True
    )


def plan_by_rules(practice: Practice, *, ids: Collection[int] | None = None) -> dict[int, int]:
    """Chart -> coder, as the rules would give these charts, or the next CHUNK, now.

    Locks nothing. At most six statements.
    """
    rules = [rule for rule in giving_rules(practice.pk) if rule.coders]
    if not rules:
        return {}
    unmet = unmet_by(practice.pk, {coder for rule in rules for coder in rule.coders})
    # What no rule gives to anybody must not stand before what one does.
    fitting = _any_of([_fits(rule, unmet) for rule in rules])
    waiting = nobodys(_free_charts(practice).filter(fitting), *LIST_ORDER)
    if ids is not None:
        waiting = waiting.filter(pk__in=ids)
    columns = waiting.values_list(
        *("pk", "specialty", "visit_type", "provider_id"),
        *("coverage__payer_id", "coverage__payer__payer_class", "stay__type_of_bill"),
    )
    charts = [
        WaitingChart(pk, specialty, visit_type, provider, payer, payer_class or "", care_of(bill))
        for pk, specialty, visit_type, provider, payer, payer_class, bill in columns[:CHUNK]
    ]
    return distribute(charts, rules, load_of(practice.pk), unmet)


def _fits(rule: GivingRule, unmet: Mapping[int, Sequence[WantedCredential]]) -> Q:
    """The charts a rule gives to any of its coders (GivingRule.fits, in the database)."""
    conditions = {
        "specialty": rule.specialty,
        "visit_type": rule.visit_type,
        "provider": rule.provider_id,
        "coverage__payer": rule.payer_id,
        "coverage__payer__payer_class": rule.payer_class,
    }
    fits = Q(**{name: value for name, value in conditions.items() if value})
    return fits & _any_of([gate_past(unmet[coder]) for coder in rule.coders])


def _any_of(conditions: Sequence[Q]) -> Q:
    """An empty one is every chart, so then all of them together are, too."""
    return reduce(or_, conditions) if all(conditions) else Q()


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
def take_over(encounter: Encounter, *, by: User) -> User:
    """Take a chart out of another coder's hands: out of whose is the answer.

    Her next change is refused with who has it now. Nothing she saved is lost, as every change is
    saved at once. Raises Refusal 403 when the visit wants a credential `by` does not have, 409 when
    the chart is not open any more, or nobody else has it.
    """
    require_credential(encounter, by)
    rows = Encounter.objects.select_for_update(of=("self",)).select_related("assigned_to")
    row = rows.get(pk=encounter.pk)
    earlier = row.assigned_to
    is_held = row.state in OPEN_STATES and row.is_locked
    if not is_held or earlier is None or earlier == by:
        encounter.refresh_from_db()
        raise Refusal(
            "nothing_to_take", "Nobody else has this chart open. Open it as usual.", status=409
        )
    row.assigned_to, row.locked_until, row.version = by, timezone.now() + LOCK, row.version + 1
    row.save(update_fields=["assigned_to", "locked_until", "version"])
    encounter.refresh_from_db()
    patient_id = encounter.patient_id
    events.record(
        "encounter.taken_over", encounter, by=by, patient_id=patient_id, earlier=earlier.pk
    )
    return earlier


@transaction.atomic
def take_away(encounter: Encounter, *, by: User) -> User:
    """Put a chart down for a coder who went away with it open: out of whose hands is the answer.

    Anybody may take it then.
    What she saved stays. Her next change from a page opened before is refused, as its version is an
    old one. Raises Refusal 409 when nobody has it open.
    """
    rows = Encounter.objects.select_for_update(of=("self",)).select_related("assigned_to")
    row = rows.get(pk=encounter.pk)
    earlier = row.assigned_to
    if row.state not in OPEN_STATES or not row.is_locked or earlier is None:
        raise Refusal("nothing_to_take", "Nobody has this chart open any more.", status=409)
    put_down(row, state=resting_state(row), version=row.version + 1)
    encounter.refresh_from_db()
    patient_id = encounter.patient_id
    events.record("encounter.put_down", encounter, by=by, patient_id=patient_id, earlier=earlier.pk)
    return earlier
