"""Addresses of denials, returned work and the dashboard."""

from django.urls import path

from denials.views import (
    appeal_terms,
    causes,
    dashboard,
    follow_up,
    follow_up_many,
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
    path("denials/<int:denial_id>/", worklist.denial, name="denial"),
    path("denials/<int:denial_id>/<str:verb>/", worklist.verb, name="denial_verb"),
    path("follow-up/", follow_up.follow_up, name="follow_up"),
    path("follow-up/calls/", follow_up_many.follow_up_many, name="follow_up_many"),
    path("follow-up/owners/", follow_up_many.follow_up_owners, name="follow_up_owners"),
    path("follow-up/undo/", follow_up.follow_up_undo_act, name="follow_up_undo"),
    path("follow-up/<int:follow_up_id>/", follow_up.follow_up_item, name="follow_up_item"),
    path(
        "follow-up/<int:follow_up_id>/<str:verb>/", follow_up.follow_up_verb, name="follow_up_verb"
    ),
    path("appeal-terms/", appeal_terms.appeal_terms, name="appeal_terms"),
    path("appeal-terms/new/", appeal_terms.appeal_terms_new, name="appeal_terms_new"),
    path(
        "appeal-terms/<int:terms_id>/end/", appeal_terms.appeal_terms_end, name="appeal_terms_end"
    ),
    path("returned/", returned.returned_tasks, name="returned_tasks"),
    path("returned/<int:task_id>/", returned.returned_task, name="returned_task"),
    path("returned/<int:task_id>/<str:verb>/", returned.answer, name="returned_answer"),
]
