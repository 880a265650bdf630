"""A waiting query of a world's chart, asked with a template of the practice."""

from coding.models import Encounter, ProviderQuery, QueryTemplate
from rcm.models import User
from tests import make


def make_query(encounter: Encounter, mark: str) -> ProviderQuery:
    """The chart itself stays in the queue, so that its other pages can be walked."""
    practice, document = encounter.practice, encounter.documents.get()
    coder = User.objects.create_user(f"{mark.lower()}-asks@example.test", "correct-Horse-7")
    template = QueryTemplate.objects.create(
        practice=practice, name=f"Side, {mark}", title="Side", question="Which?", made_by=coder
    )
    return ProviderQuery.objects.create(
        practice=practice,
        encounter=encounter,
        provider=encounter.provider,
        template=template,
        kind="open",
        title=f"Side, {mark}",
        question="Which side?",
        options=["Clinically undetermined"],
        indicators=[
            {
                "document": document.pk,
                "title": document.title,
                "start": 0,
                "end": 4,
                "quote": document.text[:4],
            }
        ],
        asked_by=coder,
        due_on=make.TODAY,
    )
