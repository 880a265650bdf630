"""Addresses of how payers are reached: routes, re-routes, channels."""

from django.urls import path

from billing.views import routes

urlpatterns = [
    path("routes/", routes.routes, name="routes"),
    path("routes/edit/", routes.route_edit, name="route_edit"),
    path("routes/reroute/", routes.reroute_new, name="reroute_new"),
    path("routes/usage/", routes.practice_usage, name="practice_usage"),
    path("routes/reroutes/<int:reroute_id>/", routes.reroute, name="reroute"),
    path("routes/reroutes/<int:reroute_id>/undo/", routes.reroute_undo, name="reroute_undo"),
    path("routes/channels/new/", routes.channel_new, name="channel_new"),
    path("routes/channels/<int:channel_id>/close/", routes.channel_close, name="channel_close"),
]
