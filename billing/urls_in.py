"""Addresses of what comes in: files and remittances."""

from django.urls import path

from billing.views import files, remittances

urlpatterns = [
    path("files/", files.files, name="files"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("remittances/", remittances.remittances, name="remittances"),
    path("remittances/<int:remittance_id>/", remittances.remittance, name="remittance"),
    path("remittances/<int:remittance_id>/x12/", remittances.remittance_x12, name="remittance_x12"),
    path(
        "remittances/<int:remittance_id>/posting/",
        remittances.remittance_posting,
        name="remittance_posting",
    ),
    path(
        "remittances/<int:remittance_id>/claims/<int:pk>/match/",
        remittances.remittance_match,
        name="remittance_match",
    ),
]
