"""Addresses of this room, below /work/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
