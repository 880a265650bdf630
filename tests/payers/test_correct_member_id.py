"""A member number is corrected where it stands; nothing else of the policy changes."""

import pytest

from payers.actions.coverages import correct_member_id
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make


def test_the_number_on_the_card_takes_the_place_of_the_wrong_one(
    north: Practice, ben: User
) -> None:
    coverage = make.coverage(make.patient(north), member_id="UC1")
    correct_member_id(coverage, " UC2 ", by=ben)
    coverage.refresh_from_db()
    assert (coverage.member_id, coverage.rank) == ("UC2", "P")
    event = Event.objects.get(name="coverage.corrected")
    assert (event.subject_id, event.patient_id, event.created_by) == (
        coverage.pk,
        coverage.patient_id,
        ben,
    )
    # Numbers are PHI: the log says that one changed, not which.
    assert "UC2" not in str(event.data)


def test_an_empty_number_is_refused_and_nothing_changes(north: Practice, ben: User) -> None:
    coverage = make.coverage(make.patient(north), member_id="UC1")
    with pytest.raises(Refusal) as refused:
        correct_member_id(coverage, "  ", by=ben)
    assert refused.value.fields == {"member_id": "Give the member number."}
    coverage.refresh_from_db()
    assert coverage.member_id == "UC1"
    assert not Event.objects.filter(name="coverage.corrected").exists()
