"""A claim on paper, as a PDF beside its page."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from billing.models import Claim
from billing.paper_claims import draw_form, fill_form
from rcm import access, events
from rcm.http import PracticeRequest, practice_view


@practice_view("billing.view")
def claim_paper(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """The CMS-1500 or UB-04 for printed stock; with ``?boxes=1`` with our outlines, to read.

    The claim's status stays: we do not know whether anybody mails the paper.
    """
    row = access.get(request, Claim.objects.all(), claim_id)
    with_boxes = request.GET.get("boxes") == "1"
    now = timezone.localtime()
    form = fill_form(row, now.date())
    name = "claim.viewed" if with_boxes else "claim.printed"
    events.record(name, row, by=request.user, patient_id=row.patient_id, part="paper")
    content = draw_form(form, row.patient_control_number, with_boxes=with_boxes, made_at=now)
    response = HttpResponse(content, content_type="application/pdf")
    file = f"{form.grid.name}-{row.patient_control_number}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, file) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
