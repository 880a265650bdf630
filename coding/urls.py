"""Addresses of the coder's pages."""

from django.urls import path

from coding.views import changes, desk, inbox, queries, query_lists, queue, search, stays, workspace

urlpatterns = [
    path("coding/", queue.coder_queue, name="coder_queue"),
    path("coding/next/", queue.coding_next, name="coding_next"),
    path("codes/", search.code_search, name="code_search"),
    path("coding/<int:encounter_id>/", workspace.workspace, name="workspace"),
    path("coding/<int:encounter_id>/skip/", workspace.skip, name="skip"),
    path("coding/<int:encounter_id>/hold/", workspace.hold, name="hold"),
    path("coding/<int:encounter_id>/hold/removal/", workspace.release, name="hold_removal"),
    path("coding/<int:encounter_id>/completion/", workspace.completion, name="completion"),
    path("coding/<int:encounter_id>/stay/", stays.stay, name="stay"),
    path("coding/<int:encounter_id>/stay/removal/", stays.stay_removal, name="stay_removal"),
    path("coding/<int:encounter_id>/query/", queries.query, name="query"),
    path("coding/<int:encounter_id>/query/wording/", queries.query_wording, name="query_wording"),
    path("queries/", inbox.query_inbox, name="query_inbox"),
    path("queries/<int:query_id>/", inbox.inbox_query, name="inbox_query"),
    path("queries/<int:query_id>/answer/", inbox.query_answer, name="query_answer"),
    path("queries/visits/", inbox.my_visits, name="my_visits"),
    path("queries/visits/<int:encounter_id>/", inbox.my_visit, name="my_visit"),
    path("queries/sent/", queries.sent_queries, name="sent_queries"),
    path("queries/sent/<int:query_id>/", queries.sent_query, name="sent_query"),
    path("queries/sent/<int:query_id>/reminder/", queries.query_reminder, name="query_reminder"),
    path(
        "queries/sent/<int:query_id>/withdrawal/",
        queries.query_withdrawal,
        name="query_withdrawal",
    ),
    path("queries/figures/", query_lists.query_figures, name="query_figures"),
    path("queries/templates/", query_lists.query_templates, name="query_templates"),
    path(
        "queries/templates/<int:template_id>/removal/",
        query_lists.query_template_removal,
        name="query_template_removal",
    ),
    path("coding/<int:encounter_id>/codes/", changes.encounter_codes, name="encounter_codes"),
    path("coding/<int:encounter_id>/order/", changes.order, name="diagnosis_order"),
    path("coding/bundles/", desk.bundles, name="bundles"),
    path("coding/bundles/<int:bundle_id>/removal/", desk.bundle_removal, name="bundle_removal"),
    path("coding/<int:encounter_id>/bundles/", desk.chart_bundle, name="chart_bundle"),
    path("coding/<int:encounter_id>/earlier/", desk.earlier, name="earlier_visits"),
    path(
        "coding/<int:encounter_id>/documents/<int:document_id>/read/",
        desk.document_read,
        name="document_read",
    ),
    path("coding/<int:encounter_id>/undo/", changes.undo, name="chart_undo"),
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
