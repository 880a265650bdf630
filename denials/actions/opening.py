"""What a posted remittance opens: a Denial for each line adjudicated and not paid.

Everything is decided before the denials are written (denials.actions.opening_rows): a denial whose
row is not written twice costs half.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from billing import policies
from billing.models import Adjustment, Remittance, RemittedClaim
from billing.treatments import Overrides
from denials import cause_tables
from denials.actions import opening_rows
from denials.actions.closing import (
    close_answered,
    close_paid,
    close_reversed,
    reopen_posted,
)
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
    # Two workers with the same notice take turns.
    Remittance.objects.select_for_update(of=("self",), no_key=True).get(pk=remittance.pk)
    tables = read_tables(remittance)
    created = 0
    denied = denied_codes(remittance, tables)
    if denied and opening_rows.stage(remittance, denied, tables.moved):
        created = opening_rows.write(remittance, tables.causes, tables.teams)
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


def denied_codes(remittance: Remittance, tables: Tables) -> list[tuple[int, str, str]]:
    """(payer, group, reason) that mean a denial, of the few the remittance names.

    Codes and payers are read apart: joined they would be read for every adjustment.
    """
    adjusted = Adjustment.objects.filter(remittance=remittance).order_by()
    codes = list(adjusted.values_list("group", "reason").distinct())
    claims = RemittedClaim.objects.filter(remittance=remittance, claim__isnull=False).order_by()
    payers = claims.values_list("claim__payer_id", flat=True).distinct()
    return [
        (payer_id, group, reason)
        for payer_id in payers
        if payer_id is not None
        for group, reason in codes
        if treat(group, reason, tables.overrides.of(payer_id)) == Treatment.Kind.DENIAL
    ]


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
