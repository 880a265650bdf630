"""The coders: new charts, what the product tells them beside it, and charts that came back."""

from collections.abc import Iterable
from decimal import Decimal

from coding.actions import codes, encounters, tasks
from coding.actions.overrides import override_finding
from coding.chart_facts import read_chart
from coding.models import CoderTask, Encounter
from coding.rules import edits
from coding.rules.facts import Finding
from denials.actions.denials import start_recoding
from denials.models import Denial
from denials.simulation.cast import Clinic
from denials.simulation.desk import Notes
from denials.simulation.visits import CodedLine, Coder, Coding, VisitKind
from rcm import access
from rcm.errors import Refusal
from rcm.models import User

# What beside the chart only warns is read by this share of coders' looks.
ATTENTION = Decimal("0.90")


class CodingRoom:
    """One practice's coders. `learns`: do they remember what came back?"""

    def __init__(self, clinic: Clinic, notes: Notes, *, learns: bool) -> None:
        self.clinic, self.notes, self.learns = clinic, notes, learns
        self.held = 0

    def code_all(self) -> int:
        """Every chart that waits, the coders taking turns; how many."""
        coded = 0
        while self.code_next(*self.clinic.coders[coded % len(self.clinic.coders)]):
            coded += 1
        return coded

    def code_next(self, person: User, coder: Coder) -> bool:
        with access.acting_in(self.clinic.practice.pk):
            chart = encounters.next_encounter(self.clinic.practice, by=person)
            if chart is None:
                return False
            kind = self.notes[chart.number]
            self.enter(chart, coder.code(kind), person)
            self.heed(chart, kind, person, coder)
            self.complete(chart, person)
        return True

    def complete(self, chart: Encounter, person: User) -> None:
        """What cannot be completed is put aside with the reason, as a person would."""
        try:
            encounters.finalize_encounter(chart, by=person)
        except Refusal as refusal:
            self.held += 1
            encounters.hold_encounter(chart, reason=refusal.message[:200], until=None, by=person)

    def enter(self, chart: Encounter, coding: Coding, person: User) -> None:
        codes.add_line(chart, coding.typed(), by=person)

    def clear(self, chart: Encounter, person: User) -> None:
        for charge in list(chart.charges.order_by("-position")):
            codes.remove_charge(charge, by=person)
        for diagnosis in list(chart.diagnoses.order_by("-position")):
            codes.remove_diagnosis(diagnosis, by=person)
        chart.refresh_from_db()

    def heed(self, chart: Encounter, kind: VisitKind, person: User, coder: Coder) -> None:
        """Read the note again where the product says so, and code what the note bears.

        The first reading that settles it stays; where none does, the plain one, with the reason.
        """
        told = told_on(chart)
        if not told or not (is_blocked(told) or coder.notices(ATTENTION)):
            return
        for reading in kind.readings():
            self.clear(chart, person)
            self.enter(chart, reading, person)
            if not told_on(chart):
                return
        self.clear(chart, person)
        self.enter(chart, kind.right, person)
        self.let_stand(chart, told_on(chart), person)

    def let_stand(self, chart: Encounter, findings: Iterable[Finding], person: User) -> None:
        """A manager lets them pass, and the coder has the chart again."""
        for finding in findings:
            if finding.is_overridable:
                override_finding(
                    chart,
                    finding.key,
                    reason="The note says so.",
                    by=self.clinic.manager,
                    may_approve=True,
                )
                chart.refresh_from_db()
        encounters.open_encounter(chart, by=person)

    def answer_returned(self) -> None:
        """Charts that denials brought back: coded anew where the note bears it, else upheld."""
        with access.acting_in(self.clinic.practice.pk):
            waiting = CoderTask.objects.filter(
                practice=self.clinic.practice, state=CoderTask.State.OPEN
            )
            found = list(waiting.select_related("encounter").order_by("pk"))
        people = {person.pk: (person, coder) for person, coder in self.clinic.coders}
        for task in found:
            with access.acting_in(self.clinic.practice.pk):
                owner = task.encounter.finalized_by_id or task.encounter.owner_id
                person, coder = people.get(owner or 0, self.clinic.coders[0])
                self.answer(task, person, coder)

    def answer(self, task: CoderTask, person: User, coder: Coder) -> None:
        chart, kind = task.encounter, self.notes[task.encounter.number]
        coded = coding_of(chart)
        if coded != kind.right:
            if self.learns:
                coder.learn(kind, coded)
            self.recode(task, kind.right, person)
            return
        better = another_reading(kind, reason_of(task))
        if better is None:
            tasks.uphold_task(task, answer="The note bears the codes as billed.", by=person)
        else:
            self.recode(task, better, person)

    def put_right(self, chart: Encounter, reason: str) -> bool:
        """A chart whose claim was turned away, coded as its note says; was it not before?"""
        kind, person = self.notes[chart.number], self.clinic.coders[0][0]
        if coding_of(chart) == kind.right:
            return False
        encounters.reopen_encounter(chart, reason=reason[:200] or "Turned away", by=person)
        chart.refresh_from_db()
        self.clear(chart, person)
        self.enter(chart, kind.right, person)
        self.complete(chart, person)
        return True

    def recode(self, task: CoderTask, coding: Coding, person: User) -> None:
        try:
            start_recoding(task, by=person)
        except Refusal:
            tasks.uphold_task(task, answer="The claim moved on meanwhile.", by=person)
            return
        chart = Encounter.objects.get(pk=task.encounter_id)
        self.clear(chart, person)
        self.enter(chart, coding, person)
        try:
            encounters.finalize_encounter(chart, by=person)
        except Refusal:
            self.let_stand(chart, edits.blocking(edits.check(read_chart(chart).facts)), person)
            encounters.finalize_encounter(chart, by=person)
        tasks.resolve_recoded(task, by=person)


def told_on(chart: Encounter) -> list[Finding]:
    """What the product says of the codes: edits that block, and the rules of the practice."""
    findings = edits.check(read_chart(Encounter.objects.get(pk=chart.pk)).facts)
    return [
        each
        for each in findings
        if each.override is None and (each.severity == "blocking" or each.code.startswith("rule:"))
    ]


def is_blocked(findings: Iterable[Finding]) -> bool:
    return any(each.severity == "blocking" for each in findings)


def coding_of(chart: Encounter) -> Coding:
    """The codes on a chart; diagnoses as they are typed."""
    return Coding(
        tuple(row.dotted for row in chart.diagnoses.order_by("position")),
        tuple(
            CodedLine(row.procedure_code, tuple(row.modifiers), row.units.normalize())
            for row in chart.charges.order_by("position")
        ),
    )


def reason_of(task: CoderTask) -> str:
    """The payer's reason (CARC) of what brought the chart back."""
    return Denial.objects.filter(coder_task=task).values_list("reason", flat=True).first() or ""


def another_reading(kind: VisitKind, reason: str) -> Coding | None:
    """What the note bears beside what was billed, and the payer's reason asks for."""
    asks_for_modifiers = reason in ("4", "97", "236")
    for reading in kind.readings():
        if reading == kind.right:
            continue
        has_more = reading.lines != kind.right.lines
        if has_more == asks_for_modifiers:
            return reading
    return None
