"""Addresses of denials, returned work and the dashboard."""

from django.urls import path

from denials.views import (
    appeal_terms,
    bulk,
    causes,
    dashboard,
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
