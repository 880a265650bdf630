"""Addresses of denials, returned work and the dashboard."""

from django.urls import path

from denials.views import causes, dashboard, returned, search, worklist

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
    path("returned/", returned.returned_tasks, name="returned_tasks"),
    path("returned/<int:task_id>/", returned.returned_task, name="returned_task"),
    path("returned/<int:task_id>/<str:verb>/", returned.answer, name="returned_answer"),
]
