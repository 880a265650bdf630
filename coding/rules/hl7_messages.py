"""What HL7 v2 messages mean: ADT, DFT^P03 and MDM to coding.rules.told.

Source: HL7 v2.5.1 chapters 3 (ADT, PID, PV1), 6 (FT1, DG1, PR1, IN1) and 9 (MDM, TXA).
"""

from dataclasses import replace
from datetime import date, datetime, tzinfo

from coding.rules.hl7 import Message, Segment
from coding.rules.hl7_charges import charges_of, diagnoses_of
from coding.rules.hl7_documents import document_of
from coding.rules.hl7_values import day, moment, npi_of, person_of, policy_of, said
from coding.rules.told import PolicyTold, Told, Unusable, VisitTold, order_key

# Who is whose chart is never decided by a message.
IDENTITY_EVENTS = frozenset(
    {"A17", "A18", "A23", "A24", "A29", "A30", "A34", "A35", "A36", "A37", "A39", "A40", "A41"}
    | {"A42", "A43", "A44", "A45", "A46", "A47", "A48", "A49", "A50", "A51"}
)
OPENING_EVENTS = frozenset({"A01", "A04", "A05"})
PERSON_EVENTS = frozenset({"A28", "A31"})
VISIT_EVENTS = OPENING_EVENTS | {"A02", "A03", "A06", "A07", "A08", "A10", "A11", "A13"}
DOCUMENT_EVENTS = frozenset({"T01", "T02", "T04", "T06", "T08", "T10", "T11"})
CLASSES = {
    "I": ("Inpatient", "21"),
    "E": ("Emergency", "23"),
    "O": ("Outpatient", ""),
    "P": ("Preadmission", ""),
    "R": ("Recurring", ""),
    "B": ("Obstetrics", ""),
}


class Ignored(Unusable):
    """A message that says nothing this system keeps."""


def interpret(message: Message, *, zone: tzinfo) -> Told:
    """What the message says; `zone` is that of times without one. Raises Unusable with the place.

    Ignored is raised for movements nobody codes, such as a leave of absence (A21).
    """
    kind, event = message.header.get(9, 1), message.header.get(9, 2)
    check_type(kind, event, message)
    pid = message.first("PID")
    if pid is None:
        raise Unusable("no_patient", f"{message.type} has no PID: nobody is named.", place="PID")
    told_at = told_when(message, zone)
    is_registration = kind == "ADT"
    visit = None if event in PERSON_EVENTS else visit_of(message, event)
    told = Told(
        event=message.type,
        key=order_key(
            is_registration=is_registration, told_at=told_at, control_id=message.control_id
        ),
        sender=sender_of(message),
        person=person_of(pid),
        visit=visit,
        policies=policies_of(message),
        is_registration=is_registration,
        may_rename=event in ("A08", "A31"),
        warnings=message.warnings,
    )
    if kind == "MDM":
        return with_document(told, message, event, zone)
    if kind == "DFT":
        charges, warnings = charges_of(message)
        return replace(
            told,
            diagnoses=diagnoses_of(message),
            charges=charges,
            warnings=told.warnings + warnings,
        )
    return told


def check_type(kind: str, event: str, message: Message) -> None:
    """Raises Unusable for a type nobody reads here and for changes of identity."""
    known = (kind == "ADT" and event in VISIT_EVENTS | PERSON_EVENTS) or (
        (kind, event) == ("DFT", "P03") or (kind == "MDM" and event in DOCUMENT_EVENTS)
    )
    if known:
        return
    if kind == "ADT" and event in IDENTITY_EVENTS:
        merged = message.first("MRG")
        other = merged.get(1) if merged else ""
        raise Unusable(
            "identity_change",
            f"{message.type} joins or changes chart numbers"
            f"{f' ({other} goes away)' if other else ''}. A person has to decide that.",
            place="MRG-1" if merged else "MSH-9",
            advice="Compare both charts, correct the patient by hand, then discard this message.",
        )
    if kind == "ADT" and event:
        raise Ignored("nothing_kept", f"{message.type} says nothing this system keeps.")
    raise Unusable(
        "type_unknown",
        f"{message.type} is not a kind of message this system reads.",
        place="MSH-9",
        advice="ADT, DFT^P03 and MDM are read. Ask the sender to leave the others out.",
    )


def told_when(message: Message, zone: tzinfo) -> datetime:
    """EVN-2, else MSH-7. Raises Unusable without either: it could not be put in order."""
    event = message.first("EVN")
    found = moment(event, 2, zone) if event else None
    found = found or moment(message.header, 7, zone)
    if found is None:
        text = "The message has no time (EVN-2 or MSH-7), so nobody knows what came first."
        raise Unusable("time_missing", text, place="MSH-7")
    return found


def sender_of(message: Message) -> str:
    """Whose numbers the message uses: the facility (MSH-4), else the application (MSH-3)."""
    return (message.header.get(4) or message.header.get(3) or "unnamed")[:60]


def visit_of(message: Message, event: str) -> VisitTold | None:
    """The visit by PV1-19, else the account of PID-18; None when neither is there.

    Raises Unusable when the message opens or ends a visit and numbers none.
    """
    pv1, pid = message.first("PV1"), message.first("PID")
    number = pv1.get(19) if pv1 else ""
    authority = pv1.get(19, 4) if pv1 and number else ""
    if not number and pid:
        number, authority = pid.get(18), pid.get(18, 4)
    if not number:
        if event in ("A08", "T11"):
            return None
        place = "PV1-19" if pv1 else "PV1"
        raise Unusable(
            "visit_number_missing",
            f"{message.type} has no visit number ({place}): it belongs to no encounter.",
            place=place,
            advice="Ask the sender to fill PV1-19.",
        )
    visit = VisitTold(
        number=number, sender=(authority or sender_of(message))[:60], place=pv1.name if pv1 else ""
    )
    return with_facts(visit, pv1, message, event) if pv1 else visit


def with_facts(visit: VisitTold, pv1: Segment, message: Message, event: str) -> VisitTold:
    npi, name = npi_of(pv1, 7)
    if npi is None:
        npi, name = npi_of(pv1, 17)
    word, place_of_service = CLASSES.get(pv1.get(2).upper(), (None, ""))
    locations = [pv1.get(3, component) for component in (9, 1, 4, 7)]
    return replace(
        visit,
        served_on=day(pv1, 44) or opened_on(message, event),
        visit_type=word,
        specialty=said(pv1.get(10, 2)) or None,
        provider_npi=npi,
        provider_name=name,
        locations=tuple(dict.fromkeys(location for location in locations if location)),
        place_of_service=place_of_service,
        is_cancelled=event == "A11" if event in OPENING_EVENTS | {"A11"} else None,
        discharged_on=discharge_of(pv1, message, event),
    )


def opened_on(message: Message, event: str) -> date | None:
    """The day of a visit without PV1-44: when its opening happened, or was told."""
    segment = message.first("EVN")
    if event not in OPENING_EVENTS or segment is None:
        return None
    return day(segment, 6) or day(segment, 2)


def discharge_of(pv1: Segment, message: Message, event: str) -> str | None:
    """A day as ISO text, "" when the discharge is cancelled, None when nothing is said."""
    if event == "A13":
        return ""
    found = day(pv1, 45)
    if found is None and event == "A03" and (evn := message.first("EVN")):
        found = day(evn, 6) or day(evn, 2)
    return found.isoformat() if found else None


def policies_of(message: Message) -> tuple[PolicyTold, ...]:
    found = [policy_of(segment, n) for n, segment in enumerate(message.all("IN1"), 1)]
    return tuple(policy for policy in found if policy)


def with_document(told: Told, message: Message, event: str, zone: tzinfo) -> Told:
    """An MDM: its document, and the visit as far as TXA fills it."""
    txa = message.first("TXA")
    if txa is None:
        raise Unusable("no_document", f"{message.type} has no TXA.", place="TXA")
    document = document_of(message, txa, event, zone)
    visit = told.visit
    if visit:
        npi = npi_of(txa, 9)[0] or npi_of(txa, 5)[0]
        visit = replace(visit, noted_on=day(txa, 4), noted_npi=npi)
    return replace(told, visit=visit, documents=(document,))
