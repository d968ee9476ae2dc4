"""Addresses of the public door."""

from django.urls import path

from makerspace.doors.portal.views import calls, checks, front, notices, registry, rules, schemes, self_check, support

urlpatterns = [
    path("", front.home, name="portal_home"),
    path("self-check/", self_check.self_check, name="portal_self_check"),
    path("self-check/file/", self_check.dossier_file, name="portal_self_check_file"),
    path("self-check/<slug:category>/", self_check.questions, name="portal_self_check_questions"),
    path("calls/", calls.calls, name="portal_calls"),
    path("calls/<int:pk>/", calls.call, name="portal_call"),
    path("notices/", notices.notices, name="portal_notices"),
    path("notices/<int:pk>/", notices.notice, name="portal_notice"),
    path("notices/<int:pk>/cases/<str:number>/object/", notices.object_, name="portal_object"),
    path("objections/", notices.objection_lookup, name="portal_objections"),
    path("objections/confirm/<str:token>/", notices.confirm, name="portal_objection_confirm"),
    path("objections/<str:receipt>/", notices.objection, name="portal_objection"),
    path("objections/<str:receipt>/papers/<str:code>/", notices.objection_paper, name="portal_objection_paper"),
    path("announcements/", registry.announcements, name="portal_announcements"),
    path("announcements/<int:pk>/", registry.announcement, name="portal_announcement"),
    path("registry/", registry.registry, name="portal_registry"),
    path("registry.csv", registry.registry_csv, name="portal_registry_csv"),
    path("registry/<str:number>/", registry.title, name="portal_title"),
    path("verify/", checks.verify, name="portal_verify"),
    path("verify/<str:code>/", checks.verified, name="portal_verified"),
    path("facilities/", support.facilities, name="portal_facilities"),
    path("facilities/<int:pk>/", support.facility, name="portal_facility"),
    path("mentors/", support.mentors, name="portal_mentors"),
    path("capital/", support.capital, name="portal_capital"),
    path("rules/", rules.rules, name="portal_rules"),
    path("rules/article/<int:number>/", rules.article, name="portal_article"),
    path("assessment/schemes/", schemes.schemes, name="portal_schemes"),
    path("assessment/schemes/<int:year>/", schemes.scheme, name="portal_scheme"),
    path("heads/", front.heads, name="portal_heads"),
    path("privacy/", front.privacy, name="portal_privacy"),
    path("papers/<str:code>/", checks.paper, name="portal_paper"),
]
