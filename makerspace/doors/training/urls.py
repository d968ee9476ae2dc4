"""Addresses of the demo city."""

from django.urls import path

from makerspace.doors.training import views

urlpatterns = [
    path("demo/become/", views.become, name="training_become"),
]
