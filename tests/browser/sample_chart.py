"""A chart whose note says the sample codes: `python -m tests.browser.sample_chart`.

Runs beside the system under test. The last line is one JSON object: the chart.
"""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after setup)

from coding.actions.suggestions import suggest_for  # noqa: E402  (after setup)
from coding.models import Document, Encounter  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice  # noqa: E402  (after setup)

NOTE = """CHIEF COMPLAINT
Right knee pain and diabetes check.

HISTORY OF PRESENT ILLNESS
Seen for follow-up. Burning of both soles at night for two months. Home sugars run high.

MEDICATIONS
Metformin 1000 mg twice daily, lisinopril 20 mg daily.

EXAM
Right knee: crepitus, small effusion. Vibration reduced at both great toes.

RESULTS
In-office hemoglobin A1c today (waived analyzer): 8.1%. Outside metabolic panel reviewed.

PROCEDURE
Consent given. The right knee joint was injected through the lateral approach without ultrasound.
Triamcinolone acetonide 40 mg from a single-dose vial; nothing was discarded.

ASSESSMENT AND PLAN
1. Type 2 diabetes with diabetic polyneuropathy, not at goal. Add duloxetine.
2. Long-term use of oral hypoglycemic drugs.
3. Essential hypertension, not controlled. Raise lisinopril to 40 mg.
4. Primary osteoarthritis of the right knee. Injected today.
"""


def bring_sample_chart(practice: Practice) -> Encounter:
    """A visit like another of the practice, of a patient whose insurance takes every code."""
    like = (
        Encounter.objects.filter(practice=practice, visit_type__icontains="established", stay=None)
        .exclude(coverage=None)
        .order_by("-date_of_service", "pk")[0]
    )
    chart = Encounter.objects.create(
        practice=practice,
        number="SAMPLE-1",
        patient=like.patient,
        provider=like.provider,
        location=like.location,
        coverage=like.coverage,
        date_of_service=like.date_of_service,
        visit_type=like.visit_type,
        specialty=like.specialty,
    )
    Document.objects.create(
        practice=practice,
        encounter=chart,
        kind=Document.Kind.PROGRESS_NOTE,
        title="Office visit",
        text=NOTE,
        signed_by=str(like.provider),
        signed_at=timezone.now(),
    )
    suggest_for(chart)
    return chart


def main() -> None:
    practice = Practice.objects.get(initials="NM")
    with access.acting_in(practice.pk):
        chart = bring_sample_chart(practice)
    sys.stdout.write(f"{json.dumps({'chart': chart.pk})}\n")


if __name__ == "__main__":
    main()
