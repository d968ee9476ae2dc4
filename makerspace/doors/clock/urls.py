"""Addresses of this door, for what watches the system."""

from django.urls import path

from makerspace.doors.clock import views

urlpatterns = [
    path("healthz", views.alive, name="clock_alive"),
    path("readyz", views.ready, name="clock_ready"),
    path("metrics", views.figures, name="clock_metrics"),
]
