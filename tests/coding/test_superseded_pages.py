"""A page that was amended or withdrawn is shown to nobody and quoted by nobody."""

import pytest
from django.utils import timezone

from coding.actions.queries import pages_of
from coding.audit_page import note_blocks
from coding.models import AuditChart, CodingAudit, Document, Encounter
from rcm.models import Practice
from tests import make


@pytest.fixture
def chart(north: Practice) -> Encounter:
    made = make.encounter(north, text="Left knee.")
    Document.objects.filter(encounter=made).update(superseded_at=timezone.now())
    Document.objects.create(practice=north, encounter=made, title="Note", text="Right knee.")
    return made


def test_a_query_quotes_the_newest_words_only(chart: Encounter) -> None:
    assert [page.text for page in pages_of(chart)] == ["Right knee."]


def test_an_auditor_judges_by_the_newest_words(chart: Encounter) -> None:
    [(page, _)] = note_blocks(AuditChart(audit=CodingAudit(is_blind=True), encounter=chart))
    assert page.text == "Right knee."
