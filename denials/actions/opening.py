"""What a posted remittance means for denials: open new ones, close those it answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Exists, OuterRef

from billing.models import Adjustment, Remittance, RemittedClaim
from denials.actions.denials import resolve, route_to_coder
from denials.models import Denial
from denials.rules.triage import Route, due_day, triage
from payers.models import ReasonCode, RemarkCode, Treatment
from payers.rules.treatment import treat
from rcm import events
from rcm.models import Event

CHUNK = 1000
OPENED = "remittance.denials_opened"


@dataclass(slots=True)
class Tables:
    """The routing tables and this payer's overrides, read once per remittance."""

    reasons: Mapping[str, Route]
    remarks: Mapping[str, Route]
    overrides: Mapping[tuple[str, str], str]
    windows: tuple[int, int]


@transaction.atomic
def open_denials(remittance: Remittance) -> int:
    """Open a Denial for each denied line of the posted claims; returns how many are new.

    Coding-related ones open a coder task at once. Safe to repeat: one per remitted line.
    """
    tables = read_tables(remittance)
    created = 0
    for chunk in chunked(denied_lines(remittance, tables)):
        created += store(chunk, tables)
    close_answered(remittance)
    events.record(OPENED, remittance, by=None, count=created)
    return created


def read_tables(remittance: Remittance) -> Tables:
    overrides = Treatment.objects.filter(practice_id=remittance.practice_id).filter(
        payer_id__in=[remittance.payer_id]
    )
    payer = remittance.payer
    return Tables(
        reasons={
            row.code: Route(row.label, row.category, row.owner_queue, row.routes_to_coder)
            for row in ReasonCode.objects.all()
        },
        remarks={
            row.code: Route(row.label, row.category, row.owner_queue, row.routes_to_coder)
            for row in RemarkCode.objects.all()
        },
        overrides={(row.group, row.reason): row.kind for row in overrides},
        windows=(payer.corrected_claim_days, payer.appeal_days) if payer else (90, 90),
    )


def denied_lines(remittance: Remittance, tables: Tables) -> Iterator[Denial]:
    """An unsaved Denial for each line (or claim) with adjustments treated as denial."""
    adjustments = (
        Adjustment.objects.filter(
            remittance=remittance,
            remitted_claim__state=RemittedClaim.State.POSTED,
            remitted_claim__claim__isnull=False,
            amount__gt=0,
        )
        .exclude(remitted_claim__status_code="22")
        .exclude(group="CO", reason="45")
        .select_related("remitted_claim__claim", "remitted_line")
        .order_by("remitted_claim_id", "remitted_line_id", "position")
    )
    key = attrgetter("remitted_claim_id", "remitted_line_id")
    for _, group in groupby(adjustments.iterator(chunk_size=CHUNK), key=key):
        denied = [
            a for a in group if treat(a.group, a.reason, tables.overrides) == Treatment.Kind.DENIAL
        ]
        if denied:
            yield build(remittance, denied, tables)


def build(remittance: Remittance, denied: list[Adjustment], tables: Tables) -> Denial:
    main = max(denied, key=attrgetter("amount"))
    claim = main.remitted_claim.claim
    if claim is None:
        raise ValueError("a denial needs a matched claim")
    line = main.remitted_line
    remarks = list(line.remarks if line else []) or list(main.remitted_claim.remarks)
    found = triage(main.reason, remarks, tables.reasons, tables.remarks)
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
        owner_queue="coder" if found.routes_to_coder else found.owner_queue,
        denied_on=remittance.paid_on,
        due_on=due_day(remittance.paid_on, tables.windows),
    )


def store(chunk: list[Denial], tables: Tables) -> int:
    """Insert a chunk, skip what is there, send the coding-related new ones to the coder."""
    claims = [d.remitted_claim_id for d in chunk]
    known = Denial.objects.filter(remitted_claim_id__in=claims)
    existing = set(known.values_list("remitted_claim_id", "remitted_line_id"))
    fresh = [d for d in chunk if (d.remitted_claim_id, d.remitted_line_id) not in existing]
    Denial.objects.bulk_create(fresh, ignore_conflicts=True)
    opened = Denial.objects.filter(
        remitted_claim_id__in=[d.remitted_claim_id for d in fresh], state=Denial.State.OPEN
    ).select_related("claim__encounter", "service_line")
    for denial in opened:
        if denial.owner_queue == "coder" and denial.coder_task_id is None:
            route_to_coder(denial, by=None)
    return len(fresh)


def chunked(rows: Iterable[Denial]) -> Iterator[list[Denial]]:
    chunk: list[Denial] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def close_answered(remittance: Remittance) -> None:
    """Resolve denials this remittance answers: corrected claim adjudicated, or reversed.

    A correction paid without a new denial resolves the old one as paid.
    """
    posted = RemittedClaim.objects.filter(
        remittance=remittance, state=RemittedClaim.State.POSTED, claim__isnull=False
    )
    answered = (
        Denial.objects.select_for_update(of=("self",))
        .filter(
            state=Denial.State.RESUBMITTED,
            corrected_claim_id__in=posted.exclude(status_code="22").values("claim_id"),
        )
        .order_by("pk")
    )
    denied_again = set(
        Denial.objects.filter(remitted_claim__remittance=remittance).values_list(
            "claim_id", flat=True
        )
    )
    for denial in answered:
        if denial.corrected_claim_id in denied_again:
            note = "The corrected claim was denied; work goes on there."
            resolve(denial, Denial.Resolution.REVERSED, by=None, note=note)
        else:
            resolve(denial, Denial.Resolution.PAID, by=None)
    reversed_claims = posted.filter(status_code="22").values("claim_id")
    taken_back = (
        Denial.objects.select_for_update(of=("self",))
        .filter(claim_id__in=reversed_claims, state__in=[Denial.State.OPEN, Denial.State.PENDED])
        .exclude(remitted_claim__remittance=remittance)
        .order_by("pk")
    )
    for denial in taken_back:
        resolve(denial, Denial.Resolution.REVERSED, by=None)


def remittances_to_read(practice_id: int) -> list[int]:
    """Posted remittances whose denials nobody has opened since: a lost message left them behind."""
    opened = Event.objects.filter(
        subject_type="remittance",
        subject_id=OuterRef("pk"),
        practice_id=practice_id,
        name=OPENED,
        created_at__gte=OuterRef("posted_at"),
    )
    posted = Remittance.objects.filter(practice_id=practice_id, posted_at__isnull=False)
    return list(posted.filter(~Exists(opened)).order_by("pk").values_list("pk", flat=True))
