"""Addresses of this room, below /work/."""

from django.urls import path

from makerspace.matters.recognition import views

urlpatterns = [
    path("announcements/", views.announcements, name="recognition_announcements"),
    path("announcements/new/", views.announce, name="recognition_announce"),
    path("titles/", views.titles, name="recognition_titles"),
    path("titles/<str:number>/changes/", views.open_change, name="recognition_open_change"),
]
