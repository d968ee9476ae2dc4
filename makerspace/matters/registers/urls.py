"""Addresses of this room, below /work/."""

from django.urls import path

from makerspace.matters.registers import views

urlpatterns = [
    path("registers/", views.home, name="registers_home"),
    path("registers/new/", views.new, name="registers_new"),
    path("registers/<int:pk>/", views.makerspace, name="registers_makerspace"),
    path("registers/<int:pk>/year/", views.year, name="registers_year"),
    path("registers/<int:pk>/<slug:register>/", views.register, name="registers_register"),
    path("registers/<int:pk>/<slug:register>/import/", views.bring, name="registers_import"),
    path("registers/<int:pk>/<slug:register>/export/", views.export, name="registers_export"),
    path("registers/<int:pk>/<slug:register>/template/", views.template, name="registers_template"),
    path("registers/<int:pk>/<slug:register>/<int:line>/", views.line, name="registers_line"),
    path("registers/<int:pk>/<slug:register>/<int:line>/leave/", views.leave, name="registers_leave"),
    path("registers/<int:pk>/<slug:register>/<int:line>/strike/", views.strike, name="registers_strike"),
]
