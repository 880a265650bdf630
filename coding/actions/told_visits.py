"""The encounter a message means: one per sender and visit number, its facts the latest told."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from coding.actions.encounters import put_down, release, reopen_encounter
from coding.actions.tasks import open_task
from coding.models import Charge, Document, Encounter, ExternalVisit
from coding.rules.told import Told, Unusable, VisitTold, Waits, believed
from rcm import events
from rcm.models import Patient, Practice, Provider, ServiceLocation

State = Encounter.State
WAITS_FOR_NOTES = "Waiting for its documents"
CANCELLED = "The sender cancelled this visit"
OUR_HOLDS = (WAITS_FOR_NOTES, CANCELLED)
# Changed after coding, these make another claim.
BILLED = ("date_of_service", "provider", "location")
# "next number" of the table, as an identity column would take it.
NEXT_ID = "SELECT nextval(pg_get_serial_sequence('coding_encounter', 'id'))"


@dataclass
class Visit:
    """The encounter at work in one message, and what became of it so far."""

    encounter: Encounter
    external: ExternalVisit
    is_new: bool = False
    is_changed: bool = False
    has_new_documents: bool = False
    warnings: list[str] = field(default_factory=list)
    amendments: list[str] = field(default_factory=list)


def find_visit(practice: Practice, told: Told, visit: VisitTold, patient: Patient) -> Visit:
    """The encounter of a message, made when it is new and told completely.

    Raises Unusable for a visit of somebody else, a provider or place nobody knows; Waits when a
    document or charge comes before its visit and does not tell enough to make it.
    """
    rows = ExternalVisit.objects.select_related("encounter__patient", "encounter__provider")
    rows = rows.select_for_update(of=("self", "encounter"))
    numbered = rows.filter(practice=practice, number=visit.number[:60])
    external = numbered.filter(sender=visit.sender).first() or of_other_sender(
        numbered, visit, patient
    )
    if external and external.encounter.patient_id != patient.pk:
        raise Unusable(
            "visit_of_another",
            f"Visit {visit.number} belongs to MRN {external.encounter.patient.mrn}; the message "
            f"names MRN {patient.mrn}.",
            place="PV1-19",
            advice="Find out whose visit it is. Nothing was moved.",
        )
    facts, warnings = facts_of(practice, visit)
    if external is None:
        if told.event.startswith("ADT") and visit.is_cancelled:
            text = f"Visit {visit.number}, which the message cancels, has not come yet."
            raise Waits("visit_unknown", text, place="PV1-19", advice=WAIT_ADVICE)
        found = create_visit(practice, told, visit, patient, facts)
    else:
        found = Visit(external.encounter, external)
        found.encounter.patient = patient
        update_visit(found, told, visit, facts)
    found.warnings += warnings
    return found


def of_other_sender(
    numbered: QuerySet[ExternalVisit], visit: VisitTold, patient: Patient
) -> ExternalVisit | None:
    """The same number for the same patient on the same day: one visit told over two lines."""
    found = list(numbered.filter(encounter__patient=patient).order_by("pk")[:2])
    if len(found) != 1:
        return None
    is_same_day = visit.served_on in (None, found[0].encounter.date_of_service)
    return found[0] if is_same_day else None


WAIT_ADVICE = "It is tried again by itself when the visit arrives."


def facts_of(practice: Practice, visit: VisitTold) -> tuple[dict[str, Any], list[str]]:
    """What is said of the encounter as values of its fields, and warnings."""
    facts: dict[str, Any] = {}
    if visit.served_on:
        facts["date_of_service"] = visit.served_on
    if visit.visit_type:
        facts["visit_type"] = visit.visit_type[:40]
    if visit.specialty:
        facts["specialty"] = visit.specialty[:40]
    if visit.provider_npi:
        facts["provider"] = provider_of(practice, visit)
    if visit.noted_npi and "provider" not in facts:
        author = Provider.objects.filter(practice=practice, npi=visit.noted_npi).first()
        facts |= {"noted:provider": author} if author else {}
    if visit.noted_on and not visit.served_on:
        facts["noted:date_of_service"] = visit.noted_on
    location, warning = location_of(practice, visit)
    if location:
        facts["location"] = location
    return facts, [warning] if warning else []


def provider_of(practice: Practice, visit: VisitTold) -> Provider:
    found = Provider.objects.filter(practice=practice, npi=visit.provider_npi).first()
    if found is None:
        raise Unusable(
            "provider_unknown",
            f"NPI {visit.provider_npi} {f'({visit.provider_name}) ' if visit.provider_name else ''}"
            "is no provider of this practice.",
            place="PV1-7",
            advice="Add the provider, then try again.",
        )
    return found


def location_of(practice: Practice, visit: VisitTold) -> tuple[ServiceLocation | None, str]:
    """By name or NPI, else the only one of its place of service, else the only one there is."""
    rows = list(ServiceLocation.objects.filter(practice=practice).order_by("pk"))
    for told in visit.locations:
        for row in rows:
            if told.casefold() == row.name.casefold() or (row.npi and told == row.npi):
                return row, ""
    kind = [row for row in rows if row.place_of_service == visit.place_of_service]
    only = kind if len(kind) == 1 else rows if len(rows) == 1 else []
    named = ", ".join(visit.locations)
    if only:
        return only[0], f"PV1-3: {named} was taken as {only[0]}." if named else ""
    if named:
        raise Unusable(
            "location_unknown",
            f"{named} is no service location of this practice.",
            place="PV1-3",
            advice="Name a service location so, then try again.",
        )
    return None, ""


def create_visit(
    practice: Practice, told: Told, visit: VisitTold, patient: Patient, facts: dict[str, Any]
) -> Visit:
    needed = {
        "date_of_service": ("the day of the visit", "PV1-44"),
        "provider": ("the provider's NPI", "PV1-7"),
        "location": ("the location", "PV1-3"),
    }
    noted = split_noted(facts)
    facts = noted | facts
    missing = [(word, place) for name, (word, place) in needed.items() if name not in facts]
    if missing:
        words = " and ".join(word for word, _ in missing)
        text = f"Visit {visit.number} is not known here and the message lacks {words}."
        if not told.is_registration:
            raise Waits("visit_unknown", text, place=missing[0][1], advice=WAIT_ADVICE)
        advice = "Ask the sender to complete it; an update (A08) makes the visit as well."
        raise Unusable("visit_incomplete", text, place=missing[0][1], advice=advice)
    with connection.cursor() as db:
        db.execute(NEXT_ID)
        pk = db.fetchone()[0]
    keys = {f"noted:{name}" if name in noted else name: told.key for name in facts}
    facts.setdefault("visit_type", "Visit")
    facts.setdefault("specialty", latest_specialty(facts["provider"]))
    encounter = Encounter.objects.create(
        pk=pk,
        practice=practice,
        number=f"V{pk}",
        patient=patient,
        state=State.HELD,
        hold_reason=WAITS_FOR_NOTES,
        **facts,
    )
    external = ExternalVisit(
        practice=practice,
        encounter=encounter,
        sender=visit.sender,
        number=visit.number[:60],
        told=keys,
    )
    take_way(external, told, visit)
    external.save()
    events.record("encounter.received", encounter, by=None, patient_id=patient.pk)
    events.notify("encounter.received", encounter.practice_id, encounter.pk)
    return Visit(encounter, external, is_new=True, is_changed=True)


def split_noted(facts: dict[str, Any]) -> dict[str, Any]:
    """What a document says of its visit, taken out of the facts and without what these say."""
    noted = {name: facts.pop(name) for name in list(facts) if name.startswith("noted:")}
    plain = {name.removeprefix("noted:"): value for name, value in noted.items()}
    return {name: value for name, value in plain.items() if name not in facts}


def latest_specialty(provider: Provider) -> str:
    """As the provider's latest chart says; the edits compare it for new patients."""
    latest = Encounter.objects.filter(provider=provider).exclude(specialty="").order_by("-pk")
    return latest.values_list("specialty", flat=True).first() or ""


def take_way(external: ExternalVisit, told: Told, visit: VisitTold) -> bool:
    """Whether the visit goes on and when it ended, as far as nobody told later."""
    said: dict[str, object] = {}
    if visit.is_cancelled is not None:
        said["is_cancelled"] = visit.is_cancelled
    if visit.discharged_on is not None:
        ended = visit.discharged_on
        said["discharged_on"] = date.fromisoformat(ended) if ended else None
    is_changed = False
    for name, value in believed(external.told, said, told.key).items():
        is_changed |= getattr(external, name) != value
        setattr(external, name, value)
    return is_changed


def update_visit(found: Visit, told: Told, visit: VisitTold, facts: dict[str, Any]) -> None:
    """Take over what nobody told later; what was billed by is an amendment."""
    encounter, external = found.encounter, found.external
    before = dict(external.told)
    was_cancelled = external.is_cancelled
    found.is_changed = take_way(external, told, visit)
    changed = []
    noted = split_noted(facts)
    for name, value in noted.items():
        # Of documents the first one speaks, as long as nobody told the visit itself.
        if name not in external.told and told.key < external.told.get(f"noted:{name}", ""):
            external.told[f"noted:{name}"] = told.key
            facts |= {name: value} if name not in facts else {}
    taken = believed(external.told, {n: v for n, v in facts.items() if n not in noted}, told.key)
    for name, value in (taken | {n: v for n, v in facts.items() if n in noted}).items():
        if getattr(encounter, name) != value:
            setattr(encounter, name, value)
            changed.append(name)
    if external.told != before:
        external.save(update_fields=["told", "is_cancelled", "discharged_on"])
    if changed:
        encounter.save(update_fields=changed)
        found.is_changed = True
        if told_words := [name.replace("_", " ") for name in changed if name in BILLED]:
            found.amendments.append(f"The visit was changed after coding: {', '.join(told_words)}")
    if external.is_cancelled and not was_cancelled:
        found.amendments.append("The visit was cancelled after coding")


def settle(found: Visit, *, source: str) -> None:
    """Where the encounter waits now, and who has to hear of amendments.

    A coded one goes back to its coder with a task; one in work is marked, and forms that were
    opened before are refused (409); one nobody has begun just waits or is to be coded.
    """
    encounter = found.encounter
    if found.has_new_documents:
        events.notify("encounter.documents_changed", encounter.practice_id, encounter.pk)
    if encounter.state == State.FINALIZED:
        if found.amendments:
            send_back(found, source)
        return
    is_ours = encounter.state == State.NEW or (
        encounter.state == State.HELD and encounter.hold_reason in OUR_HOLDS
    )
    if found.is_changed and not found.is_new and (not is_ours or encounter.skipped_at):
        mark_amended(encounter)
    if is_ours or (found.external.is_cancelled and encounter.state != State.HELD):
        rest(found)


def rest(found: Visit) -> None:
    """On hold while something is missing, else where a chart waits that nobody has in hand."""
    encounter, reason = found.encounter, what_is_missing(found)
    if reason == encounter.hold_reason and bool(reason) == (encounter.state == State.HELD):
        return
    if reason:
        put_down(encounter, state=State.HELD, hold_reason=reason, hold_until=None)
    else:
        release(encounter)
    if not found.is_new:
        name = "encounter.held" if reason else "encounter.released"
        events.record(name, encounter, by=None, patient_id=encounter.patient_id)


def what_is_missing(found: Visit) -> str:
    """Why the encounter cannot be coded now; empty when it can."""
    if found.external.is_cancelled:
        return CANCELLED
    encounter = found.encounter
    has_notes = Document.objects.current().filter(encounter=encounter).exists()
    if has_notes or Charge.objects.filter(encounter=encounter).exists():
        return ""
    return WAITS_FOR_NOTES


def mark_amended(encounter: Encounter) -> None:
    """The coder sees that the chart changed; a form opened before cannot be sent any more."""
    Encounter.objects.filter(pk=encounter.pk).update(
        amended_at=timezone.now(), version=F("version") + 1
    )
    encounter.refresh_from_db(fields=["amended_at", "version"])
    events.record("encounter.amended", encounter, by=None, patient_id=encounter.patient_id)


def send_back(found: Visit, source: str) -> None:
    """Coded and amended: back to the coder, with a task that says why."""
    encounter, reason = found.encounter, found.amendments[0]
    reopen_encounter(encounter, reason=reason, by=None)
    mark_amended(encounter)
    open_task(encounter, source=source, reason=reason)
    found.is_changed = True


__all__ = ["Visit", "find_visit", "settle"]
