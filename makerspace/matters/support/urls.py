"""Addresses of this room, below /work/."""

from django.urls import path

from makerspace.matters.support.views import calendar, engagements, facilities, mentors, offers, priority

urlpatterns = [
    path("priority/", priority.ask, name="support_priority"),
    path("facilities/", facilities.facilities, name="support_facilities"),
    path("facilities/new/", facilities.new, name="support_facility_new"),
    path("facilities/openness/", facilities.openness, name="support_openness"),
    path("facilities/openness.csv", facilities.openness_csv, name="support_openness_csv"),
    path("facilities/<int:pk>/", facilities.facility, name="support_facility"),
    path("facilities/<int:pk>/edit/", facilities.edit, name="support_facility_edit"),
    path("facilities/<int:pk>/keepers/new/", facilities.invite, name="support_keeper_invite"),
    path("facilities/<int:pk>/keepers/<int:keeper>/end/", facilities.end_keeper, name="support_keeper_end"),
    path("facilities/<int:pk>/offers/new/", offers.new, name="support_offer_new"),
    path("facilities/offers/<int:pk>/", offers.offer, name="support_offer"),
    path("facilities/offers/<int:pk>/edit/", offers.edit, name="support_offer_edit"),
    path("facilities/offers/<int:pk>/close/", offers.close, name="support_offer_close"),
    path("facilities/offers/<int:pk>/closed-days/", offers.closed_days, name="support_offer_days"),
    path("facilities/offers/<int:pk>/book/", offers.book, name="support_book"),
    path("facilities/bookings/", engagements.bookings, name="support_bookings"),
    path("facilities/bookings/<int:pk>/", engagements.booking, name="support_booking"),
    path("facilities/bookings/<int:pk>/<slug:deed>/", engagements.booking_act, name="support_booking_act"),
    path("mentors/", mentors.mentors, name="support_mentors"),
    path("mentors/new/", mentors.new, name="support_mentor_new"),
    path("mentors/<int:pk>/", mentors.mentor, name="support_mentor"),
    path("mentors/<int:pk>/edit/", mentors.edit, name="support_mentor_edit"),
    path("mentors/<int:pk>/invite/", mentors.invite, name="support_mentor_invite"),
    path("mentors/<int:pk>/end/", mentors.end, name="support_mentor_end"),
    path("mentors/<int:pk>/ask/", mentors.ask, name="support_ask"),
    path("mentors/sessions/", engagements.sessions, name="support_sessions"),
    path("mentors/sessions/<int:pk>/", engagements.session, name="support_session"),
    path("mentors/sessions/<int:pk>/<slug:deed>/", engagements.session_act, name="support_session_act"),
    path("calendar/", calendar.calendar, name="support_calendar"),
    path("calendar/key/", calendar.make_key, name="support_key"),
    path("calendar/key/revoke/", calendar.revoke_key, name="support_key_revoke"),
    path("calendar/<str:secret>.ics", calendar.feed, name="support_feed"),
]
