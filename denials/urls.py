"""Addresses of denials, returned work and the dashboard."""

from django.urls import path

from denials.views import (
    appeal_parts,
    appeal_terms,
    appeals,
    bulk,
    causes,
    change_alarms,
    dashboard,
    follow_up,
    follow_up_many,
    learning,
    returned,
    search,
    worklist,
    write_offs,
)

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<str:key>/", dashboard.kpi, name="kpi"),
    path("search/", search.search, name="search"),
    path("palette/", search.palette, name="palette"),
    path("denials/", worklist.denials, name="denials"),
    path("denials/causes/", causes.causes, name="causes"),
    path("denials/causes/<int:override_id>/end/", causes.cause_end, name="cause_end"),
    path("denials/learning/", learning.learning, name="learning"),
    path("denials/learning/<int:denial_id>/", learning.learning_group, name="learning_group"),
    path("denials/changes/", change_alarms.change_alarms, name="change_alarms"),
    path("denials/changes/<int:alarm_id>/", change_alarms.change_alarm, name="change_alarm"),
    path(
        "denials/changes/<int:alarm_id>/<str:verb>/",
        change_alarms.change_alarm_verb,
        name="change_alarm_verb",
    ),
    path("denials/bulk/<int:bulk_id>/", bulk.bulk_page, name="denial_bulk"),
    path("denials/bulk/<int:bulk_id>/confirm/", bulk.bulk_confirm, name="denial_bulk_confirm"),
    path("denials/bulk/<int:bulk_id>/undo/", bulk.bulk_take_back, name="denial_bulk_undo"),
    path("denials/bulk/<slug:verb>/", bulk.bulk_start, name="denial_bulk_start"),
    path("denials/write-off-limits/", write_offs.write_off_limits, name="write_off_limits"),
    path(
        "denials/write-offs/<int:request_id>/<slug:verb>/",
        write_offs.write_off_verb,
        name="write_off_verb",
    ),
    path("denials/<int:denial_id>/", worklist.denial, name="denial"),
    path("denials/<int:denial_id>/appeal/", appeals.denial_appeal, name="denial_appeal"),
    path("denials/<int:denial_id>/<str:verb>/", worklist.verb, name="denial_verb"),
    path("follow-up/", follow_up.follow_up, name="follow_up"),
    path("follow-up/matrix/", follow_up.follow_up_matrix, name="follow_up_matrix"),
    path("follow-up/calls/", follow_up_many.follow_up_many, name="follow_up_many"),
    path("follow-up/owners/", follow_up_many.follow_up_owners, name="follow_up_owners"),
    path("follow-up/undo/", follow_up.follow_up_undo_act, name="follow_up_undo"),
    path("follow-up/<int:follow_up_id>/", follow_up.follow_up_item, name="follow_up_item"),
    path(
        "follow-up/<int:follow_up_id>/<str:verb>/", follow_up.follow_up_verb, name="follow_up_verb"
    ),
    path("appeals/", appeals.appeal_list, name="appeals"),
    path("appeals/rates/", appeals.appeal_rates, name="appeal_rates"),
    path("appeals/templates/", appeal_parts.appeal_templates, name="appeal_templates"),
    path("appeals/templates/new/", appeal_parts.appeal_template_new, name="appeal_template_new"),
    path(
        "appeals/templates/preview/",
        appeal_parts.appeal_template_preview,
        name="appeal_template_preview",
    ),
    path("appeals/requirements/", appeal_parts.appeal_requirements, name="appeal_requirements"),
    path(
        "appeals/requirements/edit/",
        appeal_parts.appeal_requirement_edit,
        name="appeal_requirement_edit",
    ),
    path(
        "appeals/templates/<int:appeal_template_id>/retirement/",
        appeal_parts.appeal_template_retirement,
        name="appeal_template_retirement",
    ),
    path("appeals/<int:appeal_id>/", appeals.appeal, name="appeal"),
    path("appeals/<int:appeal_id>/letter/", appeals.appeal_letter, name="appeal_letter"),
    path("appeals/<int:appeal_id>/packet/", appeals.appeal_packet, name="appeal_packet"),
    path("appeals/<int:appeal_id>/files/", appeal_parts.appeal_files, name="appeal_files"),
    path(
        "appeals/<int:appeal_id>/files/<int:appeal_file_id>/",
        appeal_parts.appeal_file,
        name="appeal_file",
    ),
    path(
        "appeals/<int:appeal_id>/files/<int:appeal_file_id>/removal/",
        appeal_parts.appeal_file_removal,
        name="appeal_file_removal",
    ),
    path("appeals/<int:appeal_id>/<str:verb>/", appeals.appeal_verb, name="appeal_verb"),
    path("appeal-terms/", appeal_terms.appeal_terms, name="appeal_terms"),
    path("appeal-terms/new/", appeal_terms.appeal_terms_new, name="appeal_terms_new"),
    path(
        "appeal-terms/<int:terms_id>/end/", appeal_terms.appeal_terms_end, name="appeal_terms_end"
    ),
    path("returned/", returned.returned_tasks, name="returned_tasks"),
    path("returned/<int:task_id>/", returned.returned_task, name="returned_task"),
    path("returned/<int:task_id>/<str:verb>/", returned.answer, name="returned_answer"),
]
