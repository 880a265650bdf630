"""Addresses of the coder's pages."""

from django.urls import path

from coding.views import changes, code_book, code_sets, queue, search, stays, workspace

urlpatterns = [
    path("coding/", queue.coder_queue, name="coder_queue"),
    path("coding/next/", queue.coding_next, name="coding_next"),
    path("codes/", search.code_search, name="code_search"),
    path("codes/<slug:system>/<str:code>/", code_book.code_entry, name="code_entry"),
    path("code-book/", code_book.code_book, name="code_book"),
    path("code-sets/", code_sets.code_sets, name="code_sets"),
    path(
        "code-sets/<slug:code_set>/<slug:starts_on>/", code_sets.code_release, name="code_release"
    ),
    path("coding/<int:encounter_id>/", workspace.workspace, name="workspace"),
    path("coding/<int:encounter_id>/skip/", workspace.skip, name="skip"),
    path("coding/<int:encounter_id>/hold/", workspace.hold, name="hold"),
    path("coding/<int:encounter_id>/hold/removal/", workspace.release, name="hold_removal"),
    path("coding/<int:encounter_id>/completion/", workspace.completion, name="completion"),
    path("coding/<int:encounter_id>/stay/", stays.stay, name="stay"),
    path("coding/<int:encounter_id>/stay/removal/", stays.stay_removal, name="stay_removal"),
    path("coding/<int:encounter_id>/codes/", changes.encounter_codes, name="encounter_codes"),
    path("coding/<int:encounter_id>/order/", changes.order, name="diagnosis_order"),
    path("coding/<int:encounter_id>/fixes/", changes.fixes, name="fixes"),
    path(
        "coding/<int:encounter_id>/diagnoses/<int:diagnosis_id>/",
        changes.diagnosis,
        name="diagnosis",
    ),
    path(
        "coding/<int:encounter_id>/diagnoses/<int:diagnosis_id>/removal/",
        changes.diagnosis_removal,
        name="diagnosis_removal",
    ),
    path("coding/<int:encounter_id>/charges/<int:charge_id>/", changes.charge, name="charge"),
    path(
        "coding/<int:encounter_id>/charges/<int:charge_id>/removal/",
        changes.charge_removal,
        name="charge_removal",
    ),
]
