"""Addresses of this door."""

from django.urls import path

from makerspace.doors.workbench.views import account, acts, cases, home, invitations, organisations, people, settings

urlpatterns = [
    path("", home.home, name="work_home"),
    path("cases/", cases.cases, name="work_cases"),
    path("cases/export.csv", cases.cases_csv, name="work_cases_csv"),
    path("cases/<str:number>/", cases.case, name="work_case"),
    path("cases/<str:number>/acts/<str:act>/", acts.act, name="work_act"),
    path("cases/<str:number>/files/<int:pk>/", cases.attachment, name="work_attachment"),
    path("papers/<str:code>/", cases.paper, name="work_paper"),
    path("messages/", home.messages, name="work_messages"),
    path("messages/read/", home.read_all, name="work_messages_read"),
    path("messages/<int:pk>/", home.open_message, name="work_message"),
    path("account/", account.account, name="work_account"),
    path("account/profile/", account.profile, name="work_profile"),
    path("account/tokens/new/", account.new_token, name="work_token_new"),
    path("account/tokens/<int:pk>/revoke/", account.revoke_token, name="work_token_revoke"),
    path("organisations/", organisations.organisations, name="work_organisations"),
    path("organisations/new/", organisations.new, name="work_organisation_new"),
    path("organisations/<int:pk>/", organisations.organisation, name="work_organisation"),
    path("organisations/<int:pk>/correct/", organisations.correct, name="work_organisation_correct"),
    path("organisations/<int:pk>/invite/", organisations.invite, name="work_organisation_invite"),
    path("organisations/<int:pk>/members/<int:member>/<str:act>/", organisations.member, name="work_member"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation>/take-back/", organisations.take_back, name="work_take_back"
    ),
    path("invitations/<str:secret>/", invitations.invitation, name="work_invitation"),
    path("settings/", settings.settings, name="work_settings"),
    path("settings/proposals/<int:pk>/", settings.proposal, name="work_setting_proposal"),
    path("settings/proposals/<int:pk>/<str:act>/", settings.decide, name="work_setting_decide"),
    path("settings/<str:code>/", settings.setting, name="work_setting"),
    path("settings/<str:code>/propose/", settings.propose, name="work_setting_propose"),
    path("people/", people.people, name="work_people"),
    path("people/invite/", people.invite, name="work_people_invite"),
    path("people/invitations/<int:pk>/take-back/", people.take_back, name="work_people_take_back"),
    path("people/record/", people.record, name="work_people_record"),
    path("people/<int:pk>/", people.person, name="work_person"),
    path("people/<int:pk>/posts/<int:post>/end/", people.end_post, name="work_post_end"),
    path("people/<int:pk>/<str:act>/", people.lock, name="work_lock"),
]
