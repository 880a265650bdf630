"""Addresses of payers."""

from django.urls import path

from payers.views import edit_tables

urlpatterns = [
    path("reference-tables/", edit_tables.reference_tables, name="reference_tables"),
]
