"""Addresses of what comes in: files and remittances."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
