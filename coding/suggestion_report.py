"""How good the suggestions are: what coders did with them, and what they coded without one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from coding.models import Charge, Code, CodingSuggestion, Encounter, EncounterDiagnosis

# Visits are left to the E/M rules; they are neither suggested nor missed.
VISITS = Q(procedure_code__gte="99202", procedure_code__lte="99499")
State = CodingSuggestion.State


@dataclass(frozen=True)
class SuggestionReport:
    """Counts over charts coded in a period. Superseded: suggested, but typed in by the coder."""

    charts: int
    accepted: int
    rejected: int
    superseded: int
    left_open: int
    coded: int
    missed: int

    @property
    def acceptance_percent(self) -> int | None:
        """Accepted of decided, in whole percent; None when nothing was decided."""
        decided = self.accepted + self.rejected
        return self.accepted * 100 // decided if decided else None

    @property
    def miss_percent(self) -> int | None:
        """Coded without having been suggested, in whole percent of the coded."""
        return self.missed * 100 // self.coded if self.coded else None


def suggestion_report(practice_id: int, since: date, until: date) -> SuggestionReport:
    """Charts finalized from `since` to `until`, both included. Four statements."""
    charts = Encounter.objects.filter(
        practice_id=practice_id,
        state=Encounter.State.FINALIZED,
        finalized_at__date__gte=since,
        finalized_at__date__lte=until,
    )
    counts = CodingSuggestion.objects.filter(encounter__in=charts).aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in State}
    )
    diagnoses = was_suggested(charts, Code.System.ICD10CM)
    charges = was_suggested(charts, Code.System.PROCEDURE)
    return SuggestionReport(
        charts=charts.count(),
        accepted=counts["accepted"],
        rejected=counts["rejected"],
        superseded=counts["superseded"],
        left_open=counts["open"],
        coded=diagnoses["coded"] + charges["coded"],
        missed=diagnoses["missed"] + charges["missed"],
    )


def was_suggested(charts: QuerySet[Encounter], system: str) -> dict[str, int]:
    """How many codes of a code set stand on the charts, and how many without a suggestion."""
    is_diagnosis = system == Code.System.ICD10CM
    name = "code" if is_diagnosis else "procedure_code"
    suggested = CodingSuggestion.objects.filter(
        encounter=OuterRef("encounter"), system=system, code=OuterRef(name)
    )
    rows = (
        EncounterDiagnosis.objects.filter(encounter__in=charts)
        if is_diagnosis
        else Charge.objects.filter(encounter__in=charts).exclude(VISITS | Q(procedure_code=""))
    )
    marked = rows.annotate(is_missed=~Exists(suggested))
    return marked.aggregate(coded=Count("pk"), missed=Count("pk", filter=Q(is_missed=True)))
