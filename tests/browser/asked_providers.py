"""Questions to a provider of the demo, one answered: `python -m tests.browser.asked_providers`.

Runs beside the system under test. The last line is one JSON object: the rows the pages are about.
"""

import json
import sys

import django

django.setup()

from coding.actions.queries import answer_query, ask_query  # noqa: E402  (after setup)
from coding.models import Encounter, ProviderQuery  # noqa: E402  (after setup)
from coding.rules.query_templates import BY_KEY  # noqa: E402  (after setup)
from coding.rules.query_wording import QueryDraft, offered  # noqa: E402  (after setup)
from rcm import access  # noqa: E402  (after setup)
from rcm.models import Practice, User  # noqa: E402  (after setup)

TEMPLATES = ("pain_acuity", "clinical_significance", "procedure_detail", "pain_acuity")


def ask_providers(practice: Practice, *, by: User) -> dict[str, int]:
    """Four questions to Victor about the last of his charts that wait; the last is answered."""
    victor = User.objects.get(email="victor@example.test")
    waiting = Encounter.objects.filter(
        practice=practice, provider__user=victor, state=Encounter.State.NEW, stay=None, queries=None
    )
    *charts, last = waiting.order_by("-pk")[: len(TEMPLATES) + 1]
    asked = [ask(chart, key, by) for chart, key in zip(charts, TEMPLATES, strict=True)]
    answer_query(asked[-1], option="Chronic", text="For years.", by=victor)
    return {
        "chart_to_ask_about": last.pk,
        "query": asked[0].pk,
        "query_chart": asked[0].encounter_id,
        "answered_query": asked[-1].pk,
        "answered_chart": asked[-1].encounter_id,
    }


def ask(chart: Encounter, key: str, by: User) -> ProviderQuery:
    """A built-in template about the first long line of the note."""
    template = BY_KEY[key]
    lines = chart.documents.order_by("pk")[0].text.splitlines()
    draft = QueryDraft(
        kind=template.kind,
        title=template.title,
        question=template.question,
        options=offered(template.kind, template.options),
        quotes=(next(line for line in lines[8:] if len(line) > 30)[:120],),
    )
    return ask_query(chart, draft, by=by)


def main() -> None:
    practice = Practice.objects.get(initials="LS")
    with access.acting_in(practice.pk):
        rows = ask_providers(practice, by=User.objects.get(email="ana@example.test"))
    sys.stdout.write(f"{json.dumps(rows)}\n")


if __name__ == "__main__":
    main()
