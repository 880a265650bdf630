"""Addresses of the coder's pages."""

from django.urls import path

from coding.views import board, changes, queue, queue_bulk, search, stays, workspace

urlpatterns = [
    path("coding/", queue.coder_queue, name="coder_queue"),
    path("coding/next/", queue.coding_next, name="coding_next"),
    path("coding/assignment/", queue_bulk.charts_assign, name="charts_assign"),
    path("coding/assignment/undo/", queue_bulk.assignment_undo, name="assignment_undo"),
    path("coding/holds/", queue_bulk.charts_hold, name="charts_hold"),
    path("coding/urgency/", queue_bulk.charts_urgency, name="charts_urgency"),
    path("coding/board/", board.coding_board, name="coding_board"),
    path("coding/board/assignment/", board.board_assign, name="board_assign"),
    path("coding/rules/", board.assignment_rules, name="assignment_rules"),
    path("coding/rules/new/", board.assignment_rule_new, name="assignment_rule_new"),
    path("coding/rules/run/", board.assignment_rules_run, name="assignment_rules_run"),
    path("coding/rules/<int:assignment_rule_id>/", board.assignment_rule, name="assignment_rule"),
    path(
        "coding/rules/<int:assignment_rule_id>/move/",
        board.assignment_rule_move,
        name="assignment_rule_move",
    ),
    path(
        "coding/rules/<int:assignment_rule_id>/activity/",
        board.assignment_rule_activity,
        name="assignment_rule_activity",
    ),
    path(
        "coding/rules/<int:assignment_rule_id>/removal/",
        board.assignment_rule_removal,
        name="assignment_rule_removal",
    ),
    path("coding/views/", queue_bulk.saved_view_new, name="saved_view_new"),
    path(
        "coding/views/<int:saved_view_id>/removal/",
        queue_bulk.saved_view_removal,
        name="saved_view_removal",
    ),
    path("codes/", search.code_search, name="code_search"),
    path("coding/<int:encounter_id>/", workspace.workspace, name="workspace"),
    path("coding/<int:encounter_id>/takeover/", workspace.takeover, name="takeover"),
    path("coding/<int:encounter_id>/putting-down/", workspace.putting_down, name="putting_down"),
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
