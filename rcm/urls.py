"""All addresses. Apps are named as text only: this is the bottom layer."""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from rcm import gallery
from rcm.views import audit, home, jobs, login, practices

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("login/", login.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("practices/", practices.practices, name="practices"),
    path("practices/<int:practice_id>/", practices.practice_choose, name="practice_choose"),
    path("preferences/", practices.preferences, name="preferences"),
    path("preferences/theme/", practices.preferences_theme, name="preferences_theme"),
    path("preferences/keys/", practices.preferences_keys, name="preferences_keys"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("audit/", audit.audit, name="audit"),
    path("", include("payers.urls")),
    path("", include("coding.urls")),
    path("", include("billing.urls")),
    path("", include("denials.urls")),
    path("api/", include("denials.api_urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("gallery/<str:name>/", gallery.show_gallery, name="gallery"))
