"""Opening the denials of a large remittance, against the time the remittance took to post.

The remittance is that of the posting benchmark; what is timed is the task that opens its denials,
in its own committed transaction. How long the ledger's triggers took is PostgreSQL's own count.
"""

import time
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

from billing import bench_posting
from billing.models import Remittance
from denials.actions.opening import open_denials
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm import access

# Milliseconds each trigger's function took since the counts were last set to zero.
TRIGGERS = """
SELECT funcname, total_time FROM pg_stat_user_functions WHERE calls > 0 ORDER BY funcname
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """One remittance: seconds of posting it and of opening its denials."""

    claims: int
    denials: int
    posting: float
    opening: float
    posting_triggers: dict[str, float]
    opening_triggers: dict[str, float]

    @property
    def percent(self) -> int:
        """Opening in percent of posting."""
        return round(100 * self.opening / self.posting)


def prepare() -> None:
    """The codes that say whose work a denial is."""
    load_code_lists()


def measure(run: str, claims: int, denied: Fraction) -> Opened:
    """Post a remittance of so many claims, `denied` of whose lines are denied, and open them."""
    practice = bench_posting.seed_run(run, claims, denied=denied)
    content = bench_posting.make_content(run, claims, denied)
    before = trigger_seconds()
    posted = bench_posting.measure(practice, run, content)
    between = trigger_seconds()
    with access.acting_in(practice.pk):
        remittance = Remittance.objects.select_related("payer").get(pk=posted.remittance_id)
    began = time.perf_counter()
    with access.acting_in(practice.pk):
        created = open_denials(remittance)
    seconds = time.perf_counter() - began
    after = trigger_seconds()
    with access.acting_in(practice.pk):
        found = Denial.objects.filter(remitted_claim__remittance=remittance).count()
    if not created or found != created:
        raise RuntimeError(f"{created} denials were opened, {found} are there.")
    return Opened(
        posted.claims,
        created,
        posted.seconds,
        seconds,
        between_counts(before, between),
        between_counts(between, after),
    )


def trigger_seconds() -> dict[str, float]:
    """Function -> seconds so far, over all sessions."""
    with connection.cursor() as db:
        db.execute("SELECT pg_stat_force_next_flush()")
        db.execute("SELECT 1")
        db.execute(TRIGGERS)
        return {name: spent / 1000 for name, spent in db.fetchall()}


def between_counts(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was spent between two counts, where it was more than a hundredth of a second."""
    spent = {name: round(total - before.get(name, 0.0), 2) for name, total in after.items()}
    return {name: seconds for name, seconds in spent.items() if seconds >= 0.01}
