"""What a posted remittance opens: a Denial for each line adjudicated and not paid."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from billing import policies
from billing.models import Adjustment, Remittance, RemittedClaim
from billing.rules.posting import REVERSAL, WITHOUT_PAYMENT
from billing.treatments import Overrides
from denials import cause_tables
from denials.actions.closing import (
    close_answered,
    close_paid,
    close_reversed,
    reopen_posted,
)
from denials.actions.deadlines import write_new
from denials.actions.routing import CHUNK, chunked, route_waiting
from denials.actions.weighing import weigh
from denials.models import Denial
from denials.rules.triage import Said, triage
from denials.rules.triage import Tables as CauseTables
from payers.models import Treatment
from payers.rules.treatment import treat
from rcm import events
from rcm.models import Event

OPENED = "remittance.denials_opened"
POSTED = "remittance.posted"


@dataclass(slots=True)
class Tables:
    """What decides causes, the payers' own treatments and the posting rules, once per remittance.

    `moved`: adjustments a rule has transferred or written off. `teams`: where a rule routes others.
    """

    causes: CauseTables
    overrides: Overrides
    moved: Collection[int]
    teams: Mapping[int, str]


@transaction.atomic
def open_denials(remittance: Remittance) -> int:
    """Open a Denial for each denied line of the posted claims; returns how many are new.

    Coding-related ones open a coder task at once. Denials this remittance answers or takes back
    are closed. Safe to repeat: one per remitted line.
    """
    tables = read_tables(remittance)
    created = 0
    for chunk in chunked(denied_lines(remittance, tables)):
        created += store(chunk)
    reopen_posted(remittance)
    close_answered(remittance)
    close_reversed(remittance)
    close_paid(remittance)
    # A notice that comes twice leaves one event: the sweep asks for it as often as it looks.
    if created or remittance.pk in remittances_to_read(remittance.practice_id, remittance.pk):
        events.record(OPENED, remittance, by=None, count=created)
    return created


def read_tables(remittance: Remittance) -> Tables:
    with connection.cursor() as db:
        moved = policies.moved_by_rules(db, remittance)
        teams = policies.find_decisions(db, remittance, states=["posted"]).teams
    return Tables(
        causes=cause_tables.read_tables(remittance.practice_id),
        overrides=Overrides(remittance.practice_id),
        moved=moved,
        teams=teams,
    )


def answering_adjustments(remittance: Remittance) -> QuerySet[Adjustment]:
    """Adjustments of posted claims that say what the payer decided: no reversals, no forwards."""
    return Adjustment.objects.filter(
        remittance=remittance,
        remitted_claim__state=RemittedClaim.State.POSTED,
        remitted_claim__claim__isnull=False,
    ).exclude(remitted_claim__status_code__in=[REVERSAL, *WITHOUT_PAYMENT])


def denied_lines(remittance: Remittance, tables: Tables) -> Iterator[Denial]:
    """An unsaved Denial for each line (or claim) with adjustments treated as denial.

    The few codes that mean a denial are found first, so that only their lines are read.
    """
    answers = answering_adjustments(remittance)
    known = answers.order_by().values_list("remitted_claim__claim__payer_id", "group", "reason")
    denied = {
        (payer_id, group, reason)
        for payer_id, group, reason in known.distinct()
        if treat(group, reason, tables.overrides.of(payer_id)) == Treatment.Kind.DENIAL
    }
    if not denied:
        return
    codes = [Q(group=group, reason=reason) for _, group, reason in denied]
    rows = (
        answers.filter(reduce(or_, codes))
        .select_related("remitted_claim__claim__payer", "remitted_line")
        .order_by("remitted_claim_id", "remitted_line_id", "position")
    )
    key = attrgetter("remitted_claim_id", "remitted_line_id")
    for _, group in groupby(rows.iterator(chunk_size=CHUNK), key=key):
        found = [
            a
            for a in group
            if (payer_of(a), a.group, a.reason) in denied and a.pk not in tables.moved
        ]
        if sum((a.amount for a in found), Decimal(0)) > 0:
            yield build(remittance, found, tables)


def payer_of(adjustment: Adjustment) -> int | None:
    claim = adjustment.remitted_claim.claim
    return claim.payer_id if claim else None


def build(remittance: Remittance, denied: list[Adjustment], tables: Tables) -> Denial:
    """One denial from all denied adjustments of a line; the largest names its reason."""
    main = max(denied, key=attrgetter("amount"))
    claim = main.remitted_claim.claim
    if claim is None:
        raise ValueError("a denial needs a matched claim")
    line = main.remitted_line
    remarks = list(line.remarks if line else []) or list(main.remitted_claim.remarks)
    said = Said(claim.payer_id, claim.payer.name, main.group, main.reason, remarks)
    found = triage(said, tables.causes)
    team = tables.teams.get(main.pk, "")
    return Denial(
        practice_id=remittance.practice_id,
        claim=claim,
        service_line_id=line.service_line_id if line else None,
        remitted_claim=main.remitted_claim,
        remitted_line=line,
        payer_id=claim.payer_id,
        group=main.group,
        reason=main.reason,
        remarks=remarks,
        amount=sum((a.amount for a in denied), Decimal(0)),
        category=found.category,
        owner_queue=team or found.owner_queue,
        why=found.why,
        team=team,
        denied_on=remittance.paid_on,
        # Until its deadlines are written with it: the soonest of them.
        due_on=remittance.paid_on,
    )


def store(chunk: list[Denial]) -> int:
    """Insert a chunk with its deadlines, send the coding-related new ones to the coder."""
    claims = [d.remitted_claim_id for d in chunk]
    known = Denial.objects.filter(remitted_claim_id__in=claims)
    existing = set(known.values_list("remitted_claim_id", "remitted_line_id"))
    fresh = [d for d in chunk if (d.remitted_claim_id, d.remitted_line_id) not in existing]
    Denial.objects.bulk_create(fresh, ignore_conflicts=True)
    write_new([d.remitted_claim_id for d in fresh])
    opened = Denial.objects.filter(remitted_claim_id__in=[d.remitted_claim_id for d in fresh])
    ids = list(opened.values_list("pk", flat=True))
    route_waiting(ids, by=None)
    if fresh:
        weigh(fresh[0].practice, ids)
    return len(fresh)


def remittances_to_read(practice_id: int, only: int | None = None) -> list[int]:
    """Posted remittances whose denials nobody has opened since: a lost message left them behind.

    A remittance posts again when a waiting claim of it is matched; the last posting counts.
    `only` asks about one remittance.
    """
    of_remittance = Event.objects.filter(
        practice_id=practice_id, subject_type="remittance", subject_id=OuterRef("pk")
    )
    read_since = Event.objects.filter(
        practice_id=practice_id,
        subject_type="remittance",
        subject_id=OuterRef("subject_id"),
        name=OPENED,
        pk__gt=OuterRef("pk"),
    )
    unread = of_remittance.filter(~Exists(read_since), name=POSTED)
    posted = Remittance.objects.filter(practice_id=practice_id, posted_at__isnull=False)
    if only is not None:
        posted = posted.filter(pk=only)
    return list(posted.filter(Exists(unread)).order_by("pk").values_list("pk", flat=True))
