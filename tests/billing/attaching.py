"""Files that go with claims, for tests: whole ones of every type, made here."""

from io import BytesIO

from PIL import Image
from pypdf import PdfWriter

from billing.actions.attachments import NewFile, add_attachment
from billing.models import Claim, ClaimAttachment
from rcm.models import User
from tests import make

TEXT = b"Progress note\n\tpain is less than in October\n"


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    """Blank letter pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    if password:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str, *, mode: str = "L", pages: int = 1) -> bytes:
    """A small grey picture as PNG, JPEG or TIFF; a TIFF may have several pages."""
    images = [Image.new(mode, (85, 110), 200 if mode == "L" else 1) for _ in range(pages)]
    out = BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if kind == "TIFF" else {}
    images[0].save(out, kind, **more)
    return out.getvalue()


def attach(
    claim: Claim, *, by: User | None, content: bytes = b"", **changes: str
) -> ClaimAttachment:
    """A note by fax, unless changed; checked as of make.TODAY."""
    fields = {"report_type": "09", "transmission": "FX", "name": "note.pdf"} | changes
    file = NewFile(**fields, content=content or pdf())
    return add_attachment(claim, file, by=by, today=make.TODAY)
