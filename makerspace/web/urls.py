"""Pages of the front itself."""

from django.urls import path

from makerspace.web import views

urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
