"""Addresses of this room, under /work/."""

from django.urls import path

from makerspace.matters.application.views import calls, checking, counter, filling, materials, taking_over

urlpatterns = [
    path("calls/", calls.calls, name="application_calls"),
    path("calls/new/", calls.new, name="application_call_new"),
    path("calls/<int:pk>/", calls.call, name="application_call"),
    path("calls/<int:pk>/edit/", calls.edit, name="application_call_edit"),
    path("calls/<int:pk>/publish/", calls.publish, name="application_call_publish"),
    path("calls/<int:pk>/start/", filling.start, name="application_start"),
    path("calls/<int:pk>/counter/", counter.counter_start, name="application_counter_start"),
    path("registers/<int:pk>/from/application/", taking_over.into_registers, name="application_into_registers"),
    path("counter/", counter.counter, name="application_counter"),
    path("cases/<str:number>/dossier/", filling.tasks, name="application_tasks"),
    path("cases/<str:number>/category/", filling.category, name="application_category"),
    path("cases/<str:number>/dossier/<slug:section>/", filling.section, name="application_section"),
    path("cases/<str:number>/dossier/<slug:section>/autosave/", filling.autosave, name="application_autosave"),
    path("cases/<str:number>/dossier/<slug:section>/findings/", filling.findings, name="application_findings"),
    path("cases/<str:number>/dossier/<slug:section>/registers/", taking_over.take_over, name="application_take_over"),
    path("cases/<str:number>/materials/", materials.materials, name="application_materials"),
    path("cases/<str:number>/materials/missing/", materials.missing, name="application_missing"),
    path("cases/<str:number>/materials/<int:pk>/", materials.download, name="application_material"),
    path("cases/<str:number>/materials/<int:pk>/tie/", materials.tie, name="application_tie"),
    path("cases/<str:number>/materials/<int:pk>/remove/", materials.remove, name="application_remove"),
    path("cases/<str:number>/materials/<int:pk>/pages/<int:page>/", materials.preview, name="application_preview"),
    path(
        "cases/<str:number>/materials/<int:pk>/pages/<int:page>/picture/", materials.picture, name="application_picture"
    ),
    path("cases/<str:number>/check/", checking.check, name="application_check"),
    path("cases/<str:number>/receipt/", checking.receipt, name="application_receipt"),
]
