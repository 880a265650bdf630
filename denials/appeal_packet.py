"""The packet of an appeal as one PDF: cover sheet with contents, letter, and what goes with it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from billing.attachment_packet import print_file
from billing.filing_proof import make_proof
from billing.models import RemittedClaim
from billing.paper_claims import draw_form, fill_form
from coding.models import Document
from denials.appeal_checklist import CheckedItem, Packet
from denials.queries import remitted_lines
from denials.rules import appeals as rules
from denials.rules.appeal_letters import paragraphs
from payers.models import ReasonCode
from rcm import pdf
from rcm.errors import Refusal


class Part(NamedTuple):
    """One document of the packet, under its name in the contents."""

    title: str
    content: bytes


def make_letter(packet: Packet, *, now: datetime) -> bytes:
    """The letter alone; fields without a fact are marked."""
    practice, claim = packet.appeal.practice, packet.case.claim
    street = [practice.address_line_1, practice.address_line_2]
    facts = {
        "title": f"Appeal of claim {claim.patient_control_number}",
        "footer": f"Claim {claim.patient_control_number}",
        "from": [
            practice.name,
            *filter(None, street),
            f"{practice.city}, {practice.state} {practice.zip_code[:5]}",
        ],
        "to": [claim.payer.name, "Appeals"],
        "day": f"{_local_day(now):%m/%d/%Y}",
        "paragraphs": [each.split("\n") for each in paragraphs(packet.letter.text)],
    }
    return pdf.render("appeal_letter", facts, made_at=now)


def make_packet(packet: Packet, *, now: datetime) -> bytes:
    """Cover sheet, letter and parts. Raises Refusal 422 for a part that cannot be printed."""
    try:
        parts = list(_parts(packet, now))
        pages = [pdf.count_pages(part.content) for part in parts]
        facts = cover_facts(packet, parts, pages, now)
        cover = pdf.render("appeal_cover", facts, made_at=now)
        # A cover sheet of two pages moves everything behind it by one.
        if (own_pages := pdf.count_pages(cover)) > 1:
            facts = cover_facts(packet, parts, pages, now, own_pages=own_pages)
            cover = pdf.render("appeal_cover", facts, made_at=now)
        return pdf.join([cover, *(part.content for part in parts)])
    except pdf.NotReadable as error:
        raise Refusal("packet_not_printable", f"A part cannot be printed. {error}") from error


def cover_facts(
    packet: Packet, parts: list[Part], pages: list[int], now: datetime, *, own_pages: int = 1
) -> dict[str, Any]:
    """What the cover sheet shows, as texts; each part with the page it begins on."""
    appeal, claim, letter = packet.appeal, packet.case.claim, packet.case.letter
    contents, page = [], own_pages + 1
    for part, count in zip(parts, pages, strict=True):
        contents.append([part.title, str(page), str(count)])
        page += count
    return {
        "title": f"Appeal of claim {claim.patient_control_number}",
        "footer": f"Claim {claim.patient_control_number}",
        "made": f"Made {timezone.localtime(now):%m/%d/%Y %H:%M %Z} by {appeal.practice.name}",
        "claim": [
            ["To", f"{claim.payer.name} ({claim.payer.payer_id})"],
            ["From", f"{letter['practice']}, NPI {letter['practice_npi']}"],
            ["Phone", letter["practice_phone"] or "none"],
            ["Level", appeal.level_label],
            ["Claim number", claim.patient_control_number],
            ["Payer's claim number", letter["payer_claim_number"] or "none"],
            ["Patient", f"{letter['patient_name']}, born {letter['patient_birth_date']}"],
            ["Member id", letter["member_id"] or "none"],
            ["Dates of service", letter["service_dates"]],
            ["Denied", f"{letter['denied_on']}, {letter['denial_code_words']}"],
            ["Amount appealed", letter["amount"]],
            ["To be filed by", f"{appeal.deadline:%m/%d/%Y}"],
            ["Pages with this sheet", str(page - 1)],
        ],
        "contents": contents,
        "absent": [
            [str(item.row), item.row.not_available] for item in packet.items if item.is_let_go
        ],
        "notice": (
            "These pages hold health information about one person. If they reached you by "
            "mistake, tell the sender and destroy them."
        ),
    }


def _parts(packet: Packet, now: datetime) -> Iterator[Part]:
    """The parts in the order of the checklist, uploaded files behind what we make."""
    for item in packet.items:
        if not item.is_packed:
            continue
        if made := MAKERS.get(item.row.kind):
            yield from made(packet, now)
        yield from _files(item, now)


def _files(item: CheckedItem, now: datetime) -> Iterator[Part]:
    for row in item.files:
        content = bytes(row.content)
        printed = print_file(row.content_type, content, number=row.name, made_at=now)
        yield Part(f"{item.row}: {row.name}", printed)


def _letter(packet: Packet, now: datetime) -> Iterator[Part]:
    yield Part(rules.ITEMS[rules.LETTER], make_letter(packet, now=now))


def _remittance(packet: Packet, now: datetime) -> Iterator[Part]:
    remitted = packet.case.denials[0].remitted_claim
    facts = remittance_facts(remitted, packet)
    content = pdf.render("appeal_page", facts, made_at=now)
    yield Part(rules.ITEMS[rules.REMITTANCE], content)


def remittance_facts(remitted: RemittedClaim, packet: Packet) -> dict[str, Any]:
    """What the payer said of this claim in its 835, line by line, and of no other patient."""
    payment = remitted.remittance
    lines = remitted_lines(remitted)
    codes = {one.reason for line in lines for one in line.adjustments.all()}
    known = ReasonCode.objects.in_bulk(codes | {row.reason for row in packet.case.denials})
    rows = [
        [
            "-".join([line.procedure_code, *line.modifiers]),
            f"{line.date_of_service:%m/%d/%Y}" if line.date_of_service else "–",
            _dollars(line.amount_billed),
            _dollars(line.amount_paid),
            ", ".join(
                f"{one.group}-{one.reason} {_dollars(one.amount)}" for one in line.adjustments.all()
            ),
            ", ".join(line.remarks) or "–",
        ]
        for line in lines
    ]
    return {
        **_page(packet, "What the payer said"),
        "pairs": [
            ["Payer", f"{payment.payer_name} ({payment.payer_identifier})"],
            ["Check or EFT", payment.trace_number],
            ["Paid on", f"{payment.paid_on:%m/%d/%Y}"],
            ["Claim number", remitted.patient_control_number],
            ["Payer's claim number", remitted.payer_claim_control_number or "none"],
            ["Patient", packet.case.letter["patient_name"]],
            ["Claim status", remitted.status_code],
            ["Billed", _dollars(remitted.amount_billed)],
            ["Paid", _dollars(remitted.amount_paid)],
        ],
        "head": ["Service", "Date", "Billed", "Paid", "Adjustments", "Remarks"],
        "rows": rows,
        "paragraphs": [
            [f"{code}: {known[code].label}" for code in sorted(known)],
            ["The codes are the payer’s; their words here are ours."],
        ],
    }


def _page(packet: Packet, title: str) -> dict[str, Any]:
    number = packet.case.claim.patient_control_number
    return {
        "title": f"{title}: claim {number}",
        "footer": f"Claim {number}",
        "pairs": [],
        "head": [],
        "rows": [],
        "paragraphs": [],
    }


def _claim(packet: Packet, now: datetime) -> Iterator[Part]:
    claim = packet.case.claim
    if claim.content:
        form = fill_form(claim, _local_day(now))
        number = claim.patient_control_number
        content = draw_form(form, number, with_boxes=True, made_at=now)
        yield Part(f"{rules.ITEMS[rules.CLAIM]}: {form.grid.name}", content)


def _chart(packet: Packet, now: datetime) -> Iterator[Part]:
    for row in packet.documents:
        yield Part(f"Chart: {row.title}", _document(row, packet, now))


def _document(row: Document, packet: Packet, now: datetime) -> bytes:
    """A page of the chart as the file it came as, else its text."""
    file = getattr(row, "file", None)
    number = packet.case.claim.patient_control_number
    if file is not None and not file.has_text:
        return print_file(file.media_type, bytes(file.content), number=number, made_at=now)
    signed = f"{row.signed_at:%m/%d/%Y}" if row.signed_at else "not signed"
    facts = {
        **_page(packet, row.title),
        "pairs": [
            ["Patient", packet.case.letter["patient_name"]],
            ["Signed", f"{row.signed_by or 'nobody'}, {signed}"],
        ],
        "paragraphs": [each.split("\n") for each in paragraphs(row.text)],
    }
    return pdf.render("appeal_page", facts, made_at=now)


def _coder(packet: Packet, now: datetime) -> Iterator[Part]:
    case = packet.case
    if case.coder_answer:
        facts = {
            **_page(packet, "Why the coding stands"),
            "pairs": [["Coder", case.coder or "–"], ["Denied", case.letter["denial_code_words"]]],
            "paragraphs": [each.split("\n") for each in paragraphs(case.coder_answer)],
        }
        yield Part(rules.ITEMS[rules.CODER], pdf.render("appeal_page", facts, made_at=now))


def _policy(packet: Packet, now: datetime) -> Iterator[Part]:
    if packet.case.policies:
        facts = {
            **_page(packet, "Coverage documents in force"),
            "head": ["Line", "Service", "Document", "Title", "Diagnoses"],
            "rows": [
                [
                    str(row.position),
                    row.code,
                    row.document,
                    row.title,
                    ", ".join(f"{code} {word}" for code, word in row.pointed),
                ]
                for row in packet.case.policies
            ],
        }
        yield Part(rules.ITEMS[rules.POLICY], pdf.render("appeal_page", facts, made_at=now))


def _authorization(packet: Packet, now: datetime) -> Iterator[Part]:
    if number := packet.case.authorization:
        facts = {
            **_page(packet, "Authorization"),
            "pairs": [
                ["Authorization number", number],
                ["Patient", packet.case.letter["patient_name"]],
                ["Dates of service", packet.case.letter["service_dates"]],
                ["Provider", packet.case.letter["provider"]],
            ],
        }
        yield Part(rules.ITEMS[rules.AUTHORIZATION], pdf.render("appeal_page", facts, made_at=now))


def _filing_proof(packet: Packet, now: datetime) -> Iterator[Part]:
    if packet.case.filing_proof:
        yield Part(rules.ITEMS[rules.FILING_PROOF], make_proof(packet.case.claim, now=now))


MAKERS: dict[str, Callable[[Packet, datetime], Iterator[Part]]] = {
    rules.LETTER: _letter,
    rules.REMITTANCE: _remittance,
    rules.CLAIM: _claim,
    rules.CHART: _chart,
    rules.CODER: _coder,
    rules.POLICY: _policy,
    rules.AUTHORIZATION: _authorization,
    rules.FILING_PROOF: _filing_proof,
}


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _local_day(now: datetime) -> date:
    return timezone.localtime(now).date()
