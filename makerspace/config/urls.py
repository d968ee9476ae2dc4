"""Every address of the system: the doors first (the API before all: its calls are the most), then the pages of each
matter, then sign-in."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("makerspace.doors.api.urls")),
    path("", include("makerspace.doors.portal.urls")),
    path("", include("makerspace.web.urls")),
    path("", include("makerspace.doors.training.urls")),
    path("work/", include("makerspace.doors.workbench.urls")),
    path("work/", include("makerspace.matters.registers.urls")),
    path("work/", include("makerspace.matters.application.urls")),
    path("work/", include("makerspace.matters.review.urls")),
    path("work/", include("makerspace.matters.recognition.urls")),
    path("work/", include("makerspace.matters.support.urls")),
    path("work/", include("makerspace.matters.assessment.urls")),
    path("work/", include("makerspace.matters.funding.urls")),
    path("", include("makerspace.doors.clock.urls")),
    path("accounts/", include("allauth.urls")),
]
handler400 = "makerspace.web.views.bad_request"
handler403 = "makerspace.web.views.permission_denied"
handler404 = "makerspace.web.views.page_not_found"
handler500 = "makerspace.web.views.server_error"
handler429 = "makerspace.web.views.too_many"
