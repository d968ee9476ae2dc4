"""Addresses of this room, below /work/."""

from django.urls import path

from makerspace.matters.recognition import views

urlpatterns = [
    path("announcements/", views.announcements, name="recognition_announcements"),
    path("announcements/new/", views.announce, name="recognition_announce"),
]
