"""Files that go with a claim in print: each as PDF, and all behind a cover sheet."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.claim_attachments import carried_by
from billing.models import Claim, ClaimAttachment
from billing.rules.attachment_files import TEXT, read_text
from billing.rules.attachment_kinds import IN_PACKET
from billing.rules.page_images import PDF
from rcm import pdf
from rcm.errors import Refusal
from rcm.scans import MOST_PAGES, split_pages

LINE_WIDTH = 100  # signs of the fixed font that stand on one line of a letter page
MOST_LINES = MOST_PAGES * 70


def print_file(
    content_type: str, content: bytes, *, number: str, made_at: datetime | None = None
) -> bytes:
    """A file as PDF; `number` stands at the foot of its pages. A PDF stays as it is.

    Raises NotReadable for a file that is broken, locked, or takes more than 200 pages.
    """
    printed = content
    if content_type != PDF:
        text = read_text(content) if content_type == TEXT else None
        pages = [] if text is not None else split_pages(content)
        images = {f"page-{at}.{kind}": page for at, (kind, page) in enumerate(pages, 1)}
        facts = {
            "title": f"Attachment {number}",
            "footer": f"Attachment {number}",
            "pages": list(images),
            "text": "\n".join(_wrap(text or "")),
        }
        printed = pdf.render("attachment_file", facts, images=images, made_at=made_at)
    if pdf.count_pages(printed) > MOST_PAGES:
        raise pdf.NotReadable(f"The file takes more than {MOST_PAGES} pages.")
    return printed


def count_printed(content_type: str, content: bytes) -> int:
    """How many pages a file takes; it can be printed then. Raises NotReadable as print_file does.

    A PDF is joined once, so that what a packet cannot hold is known beforehand.
    """
    return pdf.count_pages(pdf.join([print_file(content_type, content, number="0")]))


def make_packet(claim: Claim, *, now: datetime) -> bytes:
    """The cover sheet and the files that go by mail, by fax or on request, as one PDF.

    Raises Refusal 409 when none does.
    """
    carried = list(carried_by(claim).defer(None))
    inside = [row for row in carried if row.transmission in IN_PACKET]
    if not inside:
        raise Refusal(
            "no_packet", f"No file of claim {claim} goes by mail, by fax or on request.", status=409
        )
    printed = [
        print_file(row.content_type, bytes(row.content), number=row.control_number, made_at=now)
        for row in inside
    ]
    facts = cover_facts(claim, carried, now)
    cover = pdf.render("attachment_packet", facts, made_at=now)
    # A cover sheet of two pages moves every file behind it by one.
    if (own_pages := pdf.count_pages(cover)) > 1:
        facts = cover_facts(claim, carried, now, own_pages=own_pages)
        cover = pdf.render("attachment_packet", facts, made_at=now)
    return pdf.join([cover, *printed])


def cover_facts(
    claim: Claim, carried: list[ClaimAttachment], now: datetime, *, own_pages: int = 1
) -> dict[str, Any]:
    """What the cover sheet shows, as texts. `own_pages` are those of the sheet itself."""
    patient, practice = claim.patient, claim.practice
    files, page = [], own_pages + 1
    for row in carried:
        if row.transmission in IN_PACKET:
            files.append([*_named(row), row.name, str(row.pages), str(page)])
            page += row.pages
    subscriber = claim.content.get("subscriber", {})
    return {
        "title": "Attachments of a claim",
        "footer": f"Claim {claim.patient_control_number}",
        "made": f"Made {timezone.localtime(now):%m/%d/%Y %H:%M %Z} by {practice.name}",
        "claim": [
            ["To", f"{claim.payer.name} ({claim.payer.payer_id})"],
            ["From", f"{practice.name}, NPI {practice.npi}, phone {practice.phone or 'none'}"],
            ["Claim number", claim.patient_control_number],
            ["Payer's claim number", claim.payer_claim_control_number or "none yet"],
            ["Patient", f"{patient.last_name}, {patient.first_name}"],
            ["Born", f"{patient.birth_date:%m/%d/%Y}"],
            ["Member id", subscriber.get("member_id") or "none"],
            ["Date of service", f"{claim.date_of_service:%m/%d/%Y}"],
            ["Amount billed", f"${claim.amount_billed:,.2f}"],
            ["Pages with this sheet", str(page - 1)],
        ],
        "files": files,
        "apart": [_named(row) for row in carried if row.transmission not in IN_PACKET],
        "notice": (
            "These pages hold health information about one person. If they reached you by "
            "mistake, tell the sender and destroy them."
        ),
    }


def _named(row: ClaimAttachment) -> list[str]:
    what = f"{row.get_report_type_display()} ({row.report_type})"
    return [row.control_number, what, row.get_transmission_display()]


def _wrap(text: str) -> list[str]:
    """Lines that fit on a page. Raises NotReadable for more than 200 pages of them."""
    lines: list[str] = []
    for line in text.expandtabs(8).splitlines():
        lines += [line[at : at + LINE_WIDTH] for at in range(0, len(line), LINE_WIDTH)] or [""]
        if len(lines) > MOST_LINES:
            raise pdf.NotReadable(f"The file takes more than {MOST_PAGES} pages.")
    return lines
