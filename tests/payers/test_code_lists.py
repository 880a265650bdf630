"""CARC and RARC routing in the database."""

import pytest

from payers.actions.code_lists import load_code_lists
from payers.models import ReasonCode, RemarkCode


@pytest.mark.django_db
def test_the_tables_are_loaded_and_loading_again_changes_nothing() -> None:
    assert load_code_lists() == (263, 65)
    assert load_code_lists() == (263, 65)
    assert (ReasonCode.objects.count(), RemarkCode.objects.count()) == (263, 65)


@pytest.mark.django_db
def test_a_coding_reason_goes_to_the_coder_and_a_deductible_does_not() -> None:
    load_code_lists()
    modifier, deductible = ReasonCode.objects.get(pk="4"), ReasonCode.objects.get(pk="1")
    assert (modifier.routes_to_coder, modifier.owner_queue) == (True, "coder")
    assert (deductible.routes_to_coder, deductible.owner_queue) == (False, "patient_ar")
    assert RemarkCode.objects.get(pk="M76").routes_to_coder


@pytest.mark.django_db
def test_a_changed_label_is_brought_back_to_the_table() -> None:
    load_code_lists()
    ReasonCode.objects.filter(pk="1").update(label="Something else")
    load_code_lists()
    assert ReasonCode.objects.get(pk="1").label == "Plan deductible left to the patient"
