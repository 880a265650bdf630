"""The year itself, week by week: answers, denials, charts, claims, and the night's work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from billing.models import Batch, Claim
from denials.simulation import figures
from denials.simulation.billing_office import BillingOffice
from denials.simulation.cast import Clinic, walk
from denials.simulation.clock import SimulatedClock
from denials.simulation.coding_room import CodingRoom
from denials.simulation.desk import Notes, register_week
from denials.simulation.machines import Machines
from denials.simulation.management_office import ManagementOffice
from denials.simulation.payer_file import PayerFile
from payers.sandbox.clearinghouse import Clearinghouse

# What can be left out of the loop; the first is all of the others.
LOOPS = ("denial_loop", "learned_rules", "coder_feedback", "change_alarms")
VISITS_A_WEEK = 60
# After the last visits answers still come in.
WEEKS_AFTER = 4
WEEKS_A_MONTH = Decimal(52) / 12
# Friday afternoon in the practices' time zone, after the week's last visit.
WORKING_HOUR = time(21, tzinfo=UTC)
NIGHT = (
    "denials.tasks.sweep_denials",
    "denials.tasks.watch_deadlines",
    "denials.tasks.refresh_follow_ups",
)
LEARNING = {
    "learned_rules": "denials.tasks.draft_rules",
    "change_alarms": "denials.tasks.watch_changes",
}
RECEIVING = ("billing.tasks.fetch_files", "billing.tasks.sweep_remittances")


@dataclass
class Office:
    """The people of one practice."""

    clinic: Clinic
    notes: Notes
    coders: CodingRoom
    billers: BillingOffice
    managers: ManagementOffice


@dataclass
class Year:
    """Everything that goes on; `without` names loops left out, `say` is told of each month."""

    file: PayerFile
    clinics: list[Clinic]
    house: Clearinghouse
    clock: SimulatedClock
    machines: Machines
    begins_on: date
    months: int
    without: Collection[str]
    visits_a_week: int
    say: Callable[[str], None]
    gaps: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offices = [self.staff(clinic) for clinic in self.clinics]

    def has(self, loop: str) -> bool:
        return loop not in self.without and "denial_loop" not in self.without

    def staff(self, clinic: Clinic) -> Office:
        notes: Notes = {}
        return Office(
            clinic,
            notes,
            CodingRoom(clinic, notes, learns=self.has("coder_feedback")),
            BillingOffice(clinic),
            ManagementOffice(
                clinic,
                learns=self.has("learned_rules"),
                watches=self.has("change_alarms"),
            ),
        )

    def run(self) -> None:
        """All weeks of the months, and those after in which answers still come in."""
        seeing = round(WEEKS_A_MONTH * self.months)
        for week in range(seeing + WEEKS_AFTER):
            self.play_week(week, has_visits=week < seeing)

    def play_week(self, week: int, *, has_visits: bool) -> None:
        monday = self.begins_on + timedelta(weeks=week)
        friday = monday + timedelta(days=4)
        self.clock.set(datetime.combine(friday, WORKING_HOUR))
        month = (friday.year - self.begins_on.year) * 12 + friday.month - self.begins_on.month + 1
        self.house.behave(self.file.behaviour(month))
        self.receive()
        for office in self.offices:
            office.billers.work_rejections(office.coders.put_right)
            office.billers.work_denials()
            office.coders.answer_returned()
            if is_last_friday(friday):
                office.billers.take_patient_money(friday)
        self.machines.run()
        if has_visits:
            self.see_patients(monday)
        self.send()
        self.sleep(friday)
        if is_last_friday(friday):
            self.say(f"{friday:%B %Y}: {sum(len(o.notes) for o in self.offices):,} visits so far")

    def see_patients(self, monday: date) -> None:
        for office in self.offices:
            for _ in walk([office.clinic]):
                register_week(
                    office.clinic, self.file.visits, monday, self.visits_a_week, office.notes
                )
            office.coders.code_all()
        self.machines.run("billing.tasks.sweep_batches")

    def receive(self) -> None:
        """The payers answer and pay; what they sent is fetched, read and posted."""
        while self.house.run_once():
            pass
        # A visit of the channel takes so many files; the rest come with the next ones.
        while self.waiting_files():
            self.machines.run(*RECEIVING)

    def waiting_files(self) -> int:
        folder = self.house.folders.outbound
        return sum(1 for path in folder.glob("*/*") if path.is_file())

    def send(self) -> None:
        """What is put right goes out, and the clearinghouse says that it has come."""
        for office in self.offices:
            office.billers.prepare()
        self.machines.run()
        for office in self.offices:
            office.billers.send()
        self.machines.run()
        self.receive()

    def sleep(self, friday: date) -> None:
        """The night's tasks; then no denial may be without owner, next action and date."""
        learning = [task for loop, task in LEARNING.items() if self.has(loop)]
        self.machines.run(*NIGHT, *learning)
        for office in self.offices:
            office.managers.look(friday)
        self.machines.run()
        for name, count in figures.gaps(self.clinics).items():
            self.gaps[name] = self.gaps.get(name, 0) + count

    def result(self) -> dict[str, Any]:
        """The table and what must be zero; see docs/simulated-year.md."""
        months = figures.months_from(self.begins_on, self.months)
        return {
            "months": figures.table(self.clinics, months),
            "visits": sum(len(office.notes) for office in self.offices),
            "charts_put_aside": sum(office.coders.held for office in self.offices),
            "rules_published": sum(office.managers.published for office in self.offices),
            "batches_not_sent": self.count_unsent(),
            "claims_turned_away": self.count_turned_away(),
            "gaps": self.gaps,
            "ledger_sum": str(figures.ledger_sum(self.clinics)),
            "unapplied": str(figures.unapplied(self.clinics)),
        }

    def count_turned_away(self) -> int:
        """Claims no payer has taken in yet, after all that was done."""
        return sum(
            Claim.objects.filter(status=Claim.Status.REJECTED).count() for _ in walk(self.clinics)
        )

    def count_unsent(self) -> int:
        return sum(
            Batch.objects.exclude(state=Batch.State.ACKNOWLEDGED).count()
            for _ in walk(self.clinics)
        )


def is_last_friday(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month
