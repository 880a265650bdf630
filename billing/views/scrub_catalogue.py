"""The catalogue of checks: what every claim goes through before it is sent."""

from django.http import HttpResponse

from billing.checked_claim import find_checks, tables_needed
from billing.rules.findings import ClaimForm
from billing.rules.scrubbing import CATALOGUE_VERSION, SCRUBS
from rcm.http import PracticeRequest, page_or_partial, practice_view


@practice_view("billing.view")
def scrub_catalogue(request: PracticeRequest) -> HttpResponse:
    """The checks by words, severity, form and table needed."""
    context = {
        "checks": find_checks(request.GET),
        "total": len(SCRUBS),
        "version": CATALOGUE_VERSION,
        "filters": request.GET,
        "forms": [form.value for form in ClaimForm],
        "tables": tables_needed(),
    }
    return page_or_partial(request, "billing/scrub_catalogue.html", "rows", context)
