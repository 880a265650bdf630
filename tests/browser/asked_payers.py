"""One policy asked about and answered, one claim asked about, for the pages that show them."""

from django.utils import timezone

from billing.actions.status_inquiries import ask_status
from billing.models import Claim
from payers.actions.eligibility import ask_eligibility, record_answers
from payers.models import Coverage, EligibilityInquiry
from rcm.models import Practice, User
from tests.billing.asking import answer_to
from tests.x12.inquiry_samples import BENEFITS


def ask_payers(practice: Practice, *, by: User) -> None:
    today = timezone.localdate()
    coverages = Coverage.objects.filter(practice=practice, ends_on=None)
    asked = ask_eligibility(coverages.order_by("pk")[0], for_day=today, by=by)
    rows = EligibilityInquiry.objects.select_related("coverage__patient")
    inquiry = rows.get(pk=asked.pk)
    record_answers([(inquiry, answer_to(inquiry, BENEFITS))])
    ask_status(Claim.objects.filter(practice=practice, status="adjudicated").first(), by=by)
