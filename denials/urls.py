"""Addresses of denials, returned work and the dashboard."""

from django.urls import path

from denials.views import (
    appeal_terms,
    causes,
    change_alarms,
    dashboard,
    learning,
    returned,
    search,
    worklist,
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
    path("denials/<int:denial_id>/", worklist.denial, name="denial"),
    path("denials/<int:denial_id>/<str:verb>/", worklist.verb, name="denial_verb"),
    path("appeal-terms/", appeal_terms.appeal_terms, name="appeal_terms"),
    path("appeal-terms/new/", appeal_terms.appeal_terms_new, name="appeal_terms_new"),
    path(
        "appeal-terms/<int:terms_id>/end/", appeal_terms.appeal_terms_end, name="appeal_terms_end"
    ),
    path("returned/", returned.returned_tasks, name="returned_tasks"),
    path("returned/<int:task_id>/", returned.returned_task, name="returned_task"),
    path("returned/<int:task_id>/<str:verb>/", returned.answer, name="returned_answer"),
]
