"""Addresses of this room."""

from django.urls import path

from makerspace.matters.review.views import district, notices, objections, panel

urlpatterns = [
    path("cases/<str:number>/review/", district.case, name="review_case"),
    path("cases/<str:number>/visit/", district.visit, name="review_visit"),
    path("cases/<str:number>/visit/photos/", district.add_photo, {"after": "visit"}, name="review_visit_photo"),
    path("cases/<str:number>/study/photos/", district.add_photo, {"after": "study"}, name="review_study_photo"),
    path("cases/<str:number>/convene/", panel.convene, name="review_convene"),
    path("cases/<str:number>/draw/", panel.draw, name="review_draw"),
    path("cases/<str:number>/study/", panel.study, name="review_study"),
    path("cases/<str:number>/score/", panel.score, name="review_score"),
    path("experts/", panel.experts, name="review_experts"),
    path("experts/<int:pk>/", panel.expert, name="review_expert"),
    path("notices/", notices.notices, name="review_notices"),
    path("notices/new/", notices.new, name="review_notice_new"),
    path("notices/<int:pk>/", notices.notice, name="review_notice"),
    path("notices/<int:pk>/publish/", notices.publish, name="review_notice_publish"),
    path("notices/<int:pk>/discard/", notices.discard, name="review_notice_discard"),
    path("objections/", objections.objections, name="review_objections"),
    path("objections/<int:pk>/", objections.objection, name="review_objection"),
    path("objections/<int:pk>/identity/", objections.identity, name="review_identity"),
    path("objections/<int:pk>/evidence/<int:at>/", objections.evidence, name="review_evidence"),
]
