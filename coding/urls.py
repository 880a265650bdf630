"""Addresses of the coder's pages."""

from django.urls import path

from coding.views import (
    audit_charts,
    audits,
    changes,
    credentials,
    my_audits,
    productivity,
    queue,
    search,
    stays,
    workspace,
)

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
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/mine/", credentials.my_credentials, name="my_credentials"),
    path("credentials/new/", credentials.credential_new, name="credential_new"),
    path("credentials/report/", credentials.certified_report, name="certified_report"),
    path(
        "credentials/requirements/",
        credentials.credential_requirements,
        name="credential_requirements",
    ),
    path(
        "credentials/requirements/<int:requirement_id>/removal/",
        credentials.requirement_removal,
        name="requirement_removal",
    ),
    path(
        "credentials/people/<int:membership_id>/", credentials.credentials_of, name="credentials_of"
    ),
    path("credentials/<int:credential_id>/", credentials.credential, name="credential"),
    path(
        "credentials/<int:credential_id>/removal/",
        credentials.credential_removal,
        name="credential_removal",
    ),
    path("audits/", audits.audits, name="audits"),
    path("audits/new/", audits.audit_new, name="audit_new"),
    path("audits/accuracy/", audits.accuracy, name="accuracy"),
    path("audits/<int:audit_id>/", audits.coding_audit, name="coding_audit"),
    path("audits/<int:audit_id>/export/", audits.audit_export, name="audit_export"),
    path("audits/<int:audit_id>/print/", audits.audit_print, name="audit_print"),
    path("audits/<int:audit_id>/<slug:verb>/", audits.audit_verb, name="audit_verb"),
    path("audits/charts/<int:audit_chart_id>/", audit_charts.audit_chart, name="audit_chart"),
    path(
        "audits/charts/<int:audit_chart_id>/lines/<int:audit_line_id>/",
        audit_charts.audit_verdict,
        name="audit_verdict",
    ),
    path(
        "audits/charts/<int:audit_chart_id>/missed/", audit_charts.audit_missed, name="audit_missed"
    ),
    path("audits/charts/<int:audit_chart_id>/rest/", audit_charts.audit_rest, name="audit_rest"),
    path(
        "audits/charts/<int:audit_chart_id>/codes/",
        audit_charts.audit_own_codes,
        name="audit_own_codes",
    ),
    path(
        "audits/charts/<int:audit_chart_id>/completion/",
        audit_charts.audit_completion,
        name="audit_completion",
    ),
    path(
        "audits/charts/<int:audit_chart_id>/decisions/",
        audit_charts.audit_decisions,
        name="audit_decisions",
    ),
    path("my-audits/", my_audits.my_audits, name="my_audits"),
    path("my-audits/<int:audit_chart_id>/", my_audits.my_audit, name="my_audit"),
    path(
        "my-audits/<int:audit_chart_id>/answers/",
        my_audits.audit_answers_given,
        name="audit_answers_given",
    ),
    path(
        "my-audits/<int:audit_chart_id>/recoding/",
        my_audits.audit_recoding,
        name="audit_recoding",
    ),
    path("productivity/", productivity.productivity, name="productivity"),
    path("productivity/people/", productivity.productivity_people, name="productivity_people"),
    path("productivity/settings/", productivity.quality_settings, name="quality_settings"),
    path("productivity/weights/", productivity.weight_new, name="weight_new"),
    path(
        "productivity/weights/<int:weight_id>/removal/",
        productivity.weight_removal,
        name="weight_removal",
    ),
]
