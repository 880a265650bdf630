"""Codes suggested from the text of a chart: found, accepted, rejected, taken back.

Nothing is accepted but one by one, by a person. A decision stays when the chart is read again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coding.actions import codes
from coding.actions.encounters import OPEN_STATES, take
from coding.chart_facts import CodeKey, codes_on
from coding.models import (
    Charge,
    ChartReading,
    Code,
    CodingSuggestion,
    Document,
    Encounter,
    EncounterDiagnosis,
)
from coding.rules.em_hints import find_hints, told_level
from coding.rules.pointers import MOST_POINTERS
from coding.rules.suggestions import Reading, Suggestion, read_chart
from coding.rules.text_notes import NoteText
from coding.term_dictionary import dictionary, dictionary_mark
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

State = CodingSuggestion.State
ICD, PROCEDURE = Code.System.ICD10CM, Code.System.PROCEDURE
FOUND = ("document", "label", "kind", "start", "end", "quote", "explanation", "position", "score")
KEPT_WITHHELD = 50


def suggest_for(encounter: Encounter) -> bool:
    """Read the chart for codes if its text or the dictionary is new; whether it was read.

    Open suggestions that the text no longer supports go, new ones come, decided ones stay. Twice
    in a row changes nothing. Only charts that are still to be coded are read.
    """
    if encounter.state not in OPEN_STATES:
        return False
    documents = list(encounter.documents.current().order_by("pk"))
    digest, mark = digest_of(documents), dictionary_mark()
    reading = ChartReading.objects.filter(encounter=encounter)
    if reading.filter(text_sha256=digest, dictionary=mark).exists():
        return False
    notes = [NoteText(document.pk, document.text, document.kind) for document in documents]
    found = read_chart(notes, dictionary(mark), encounter.date_of_service)
    keep_reading(encounter, found, digest, mark)
    return True


def digest_of(documents: Iterable[Document]) -> str:
    """SHA-256 of the texts with their ids."""
    digest = hashlib.sha256()
    for document in documents:
        text = document.text.encode()
        digest.update(f"{document.pk}:{document.kind}:{len(text)}:".encode() + text)
    return digest.hexdigest()


@transaction.atomic
def keep_reading(encounter: Encounter, found: Reading, digest: str, mark: str) -> None:
    """Write what a reading found; a dozen statements at most, however many codes."""
    wanted = in_force(encounter, found.suggestions)
    # Two readings of one chart come one after the other.
    Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    there = {(row.system, row.code): row for row in encounter.suggestions.all()}
    keys = {(suggestion.system, code.code) for suggestion, code in wanted}
    gone = [row.pk for key, row in there.items() if key not in keys and row.state == State.OPEN]
    if gone:
        CodingSuggestion.objects.filter(pk__in=gone).delete()
    rows = [
        suggestion_row(encounter, suggestion, code, position)
        for position, (suggestion, code) in enumerate(wanted, 1)
        if (row := there.get((suggestion.system, code.code))) is None or row.state == State.OPEN
    ]
    if rows:
        CodingSuggestion.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["encounter", "system", "code"],
            update_fields=FOUND,
        )
        supersede(encounter)
    reading = ChartReading(
        practice_id=encounter.practice_id,
        encounter=encounter,
        text_sha256=digest,
        dictionary=mark,
        withheld=withheld_rows(found),
        visit_level=told_level(find_hints(found.notes, found.findings)),
        read_at=timezone.now(),
    )
    ChartReading.objects.bulk_create(
        [reading],
        update_conflicts=True,
        unique_fields=["encounter"],
        update_fields=["text_sha256", "dictionary", "withheld", "visit_level", "read_at"],
    )
    events.record(
        "encounter.codes_suggested",
        encounter,
        by=None,
        patient_id=encounter.patient_id,
        suggested=len(rows),
        dropped=len(gone),
    )


def in_force(
    encounter: Encounter, suggestions: Sequence[Suggestion]
) -> list[tuple[Suggestion, Code]]:
    """The suggestions whose codes can be billed on the date of service, with their codes."""
    names = {
        system: {s.code for s in suggestions if s.system == system} for system in (ICD, PROCEDURE)
    }
    valid = codes_on(encounter.date_of_service, names[ICD], names[PROCEDURE])
    return [
        (suggestion, code)
        for suggestion in suggestions
        if (code := found_code(valid, suggestion)) is not None and code.is_billable
    ]


def found_code(valid: dict[CodeKey, Code], suggestion: Suggestion) -> Code | None:
    return valid.get((suggestion.system, suggestion.code))


def suggestion_row(
    encounter: Encounter, suggestion: Suggestion, code: Code, position: int
) -> CodingSuggestion:
    return CodingSuggestion(
        practice_id=encounter.practice_id,
        encounter=encounter,
        document_id=suggestion.place.document,
        system=suggestion.system,
        code=code.code,
        label=code.label,
        kind=suggestion.kind,
        start=suggestion.place.start,
        end=suggestion.place.end,
        quote=suggestion.place.quote[:500],
        explanation=explain(suggestion),
        position=position,
        score=suggestion.score,
    )


def explain(suggestion: Suggestion) -> dict[str, Any]:
    """Words → term → source → code, and what a service needs beside its code."""
    told: dict[str, Any] = {
        "term": suggestion.term,
        "source": suggestion.source,
        "reason": suggestion.reason,
        "gaps": [
            {"kind": kind, "question": question, "codes": list(options)}
            for kind, question, options in suggestion.gaps
        ],
        "hints": list(suggestion.hints),
        "also": [
            {"document": at.document, "start": at.start, "end": at.end, "quote": at.quote}
            for at in suggestion.also
        ],
    }
    if suggestion.system == PROCEDURE:
        told["units"] = suggestion.units
        told["modifiers"] = list(suggestion.modifiers)
        told["supports"] = list(suggestion.supports)
        told["ndc"] = suggestion.ndc
    return told


def withheld_rows(found: Reading) -> list[dict[str, str]]:
    return [
        {"quote": one.quote[:200], "code": one.code, "why": one.why, "trigger": one.trigger}
        for one in found.withheld[:KEPT_WITHHELD]
    ]


def supersede(encounter: Encounter) -> None:
    """Open suggestions of codes that stand on the chart already were coded by hand."""
    coded = Q(system=ICD, code__in=encounter.diagnoses.values("code"))
    coded |= Q(system=PROCEDURE, code__in=encounter.charges.values("procedure_code"))
    open_ones = CodingSuggestion.objects.filter(coded, encounter=encounter, state=State.OPEN)
    open_ones.update(state=State.SUPERSEDED, decided_at=timezone.now())


@transaction.atomic
def accept_suggestion(
    suggestion: CodingSuggestion, *, by: User, version: int | None = None
) -> EncounterDiagnosis | Charge:
    """Put the code on the chart with its words as evidence, and point services to diagnoses.

    Raises Refusal 409 when somebody decided first or the chart changed, as the codes otherwise.
    """
    encounter = suggestion.encounter
    take(encounter, by=by, version=version, changes=False)
    decide(suggestion, State.OPEN, State.ACCEPTED, by)
    row: EncounterDiagnosis | Charge
    if suggestion.system == ICD:
        row = codes.add_diagnosis(encounter, suggestion.code, by=by, evidence=suggestion.quote)
        point_services(encounter, row)
    else:
        told = suggestion.explanation
        row = codes.add_charge(
            encounter,
            suggestion.code,
            by=by,
            modifiers=told.get("modifiers", ()),
            units=told.get("units", 1),
            pointers=pointers_of(encounter, told.get("supports", ())),
            evidence=suggestion.quote,
        )
    record("coding_suggestion.accepted", suggestion, by)
    return row


def pointers_of(encounter: Encounter, supports: Iterable[str]) -> list[int]:
    """Positions of the diagnoses a service is for, of those on the chart, at most four."""
    there = dict(encounter.diagnoses.values_list("code", "position"))
    return [there[code] for code in supports if code in there][:MOST_POINTERS]


def point_services(encounter: Encounter, diagnosis: EncounterDiagnosis) -> None:
    """Services accepted before the diagnosis they are for point to it now."""
    accepted = encounter.suggestions.filter(state=State.ACCEPTED, system=PROCEDURE)
    waiting = {
        row.code for row in accepted if diagnosis.code in row.explanation.get("supports", ())
    }
    charges = [
        charge
        for charge in encounter.charges.filter(procedure_code__in=waiting)
        if diagnosis.position not in charge.pointers and len(charge.pointers) < MOST_POINTERS
    ]
    for charge in charges:
        charge.pointers = [*charge.pointers, diagnosis.position]
    # A part of the acceptance, so that one undo takes back both.
    Charge.objects.bulk_update(charges, ["pointers"])


@transaction.atomic
def reject_suggestion(
    suggestion: CodingSuggestion, *, by: User, reason: str = "", version: int | None = None
) -> None:
    """The code is not for this chart; it is not suggested again. Raises Refusal as `accept`."""
    take(suggestion.encounter, by=by, version=version, changes=False)
    decide(suggestion, State.OPEN, State.REJECTED, by, reason.strip()[:200])
    record("coding_suggestion.rejected", suggestion, by)


@transaction.atomic
def restore_suggestion(
    suggestion: CodingSuggestion, *, by: User, version: int | None = None
) -> None:
    """Take the decision back: the suggestion is open again, an accepted code leaves the chart."""
    encounter = suggestion.encounter
    take(encounter, by=by, version=version, changes=False)
    suggestion.refresh_from_db(fields=["state"])
    if suggestion.state not in (State.ACCEPTED, State.REJECTED):
        raise decided_already(suggestion)
    was = State(suggestion.state)
    reopened = CodingSuggestion.objects.filter(pk=suggestion.pk, state=was).update(
        state=State.OPEN, decided_at=None, decided_by=None, reason=""
    )
    suggestion.refresh_from_db()
    if not reopened:
        raise decided_already(suggestion)
    if was == State.ACCEPTED:
        take_off(suggestion, by)
    record("coding_suggestion.restored", suggestion, by)


def take_off(suggestion: CodingSuggestion, by: User) -> None:
    """Remove what the acceptance added, if it is still there."""
    encounter = suggestion.encounter
    if suggestion.system == ICD:
        diagnosis = encounter.diagnoses.filter(code=suggestion.code).first()
        if diagnosis is not None:
            diagnosis.encounter = encounter
            codes.remove_diagnosis(diagnosis, by=by)
        return
    charges = encounter.charges.filter(procedure_code=suggestion.code)
    charge = charges.filter(evidence=suggestion.quote.strip()).last()
    if charge is not None:
        charge.encounter = encounter
        codes.remove_charge(charge, by=by)


def decide(
    suggestion: CodingSuggestion, old: State, new: State, by: User, reason: str = ""
) -> None:
    """Move the state in one conditional UPDATE. Raises Refusal 409 when somebody was first."""
    moved = CodingSuggestion.objects.filter(pk=suggestion.pk, state=old).update(
        state=new, decided_at=timezone.now(), decided_by=by, reason=reason
    )
    suggestion.refresh_from_db()
    if not moved:
        raise decided_already(suggestion)


def decided_already(suggestion: CodingSuggestion) -> Refusal:
    word = suggestion.get_state_display().lower()
    message = f"This suggestion is {word} now. Nothing was changed."
    return Refusal("suggestion_decided", message, status=409)


def record(name: str, suggestion: CodingSuggestion, by: User) -> None:
    patient_id = suggestion.encounter.patient_id
    events.record(name, suggestion, by=by, patient_id=patient_id, code=suggestion.code)
