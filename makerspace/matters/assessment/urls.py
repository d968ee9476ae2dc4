"""Addresses of this room, below /work/."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from makerspace.matters.assessment.views import check, forecast, report, scheme, trial, year


class Year(IntConverter):
    """A year of this century; no other number is one."""

    regex = "20[0-9]{2}"


register_converter(Year, "yyyy")
urlpatterns = [
    path("assessment/", year.year, name="assessment_year"),
    path("assessment/<yyyy:year>/", year.year, name="assessment_of_year"),
    path("assessment/<yyyy:year>/open/", year.open_year, name="assessment_open"),
    path("assessment/<yyyy:year>/export.csv", year.year_csv, name="assessment_year_csv"),
    path("assessment/<yyyy:year>/statistics.xlsx", year.statistics, name="assessment_statistics"),
    path("assessment/<yyyy:year>/charts/<slug:chart>.csv", year.chart_csv, name="assessment_chart_csv"),
    path("cases/<str:number>/report/", report.report, name="assessment_report"),
    path("cases/<str:number>/report/statistics.xlsx", report.statistics, name="assessment_report_statistics"),
    path("cases/<str:number>/report/autosave/", report.autosave, name="assessment_autosave"),
    path("cases/<str:number>/report/check/", check.check, name="assessment_check"),
    path("cases/<str:number>/report/check/autosave/", check.autosave, name="assessment_check_autosave"),
    path("assessment/forecast/", forecast.forecasts, name="assessment_forecasts"),
    path("assessment/forecast/<str:number>/", forecast.forecast, name="assessment_forecast"),
    path("assessment/schemes/", scheme.schemes, name="assessment_schemes"),
    path("assessment/schemes/new/", scheme.new, name="assessment_scheme_new"),
    path("assessment/schemes/<int:pk>/", scheme.scheme, name="assessment_scheme"),
    path("assessment/schemes/<int:pk>/head/", scheme.head, name="assessment_scheme_head"),
    path("assessment/schemes/<int:pk>/submit/", scheme.submit, name="assessment_scheme_submit"),
    path("assessment/schemes/<int:pk>/return/", scheme.send_back, name="assessment_scheme_return"),
    path("assessment/schemes/<int:pk>/publish/", scheme.publish, name="assessment_scheme_publish"),
    path("assessment/schemes/<int:pk>/discard/", scheme.discard, name="assessment_scheme_discard"),
    path("assessment/schemes/<int:pk>/trial/", trial.trial, name="assessment_scheme_trial"),
    path("assessment/schemes/<int:pk>/trial/take/", trial.take, name="assessment_scheme_take"),
    path("assessment/schemes/<int:pk>/trial/<str:number>/", trial.one, name="assessment_scheme_trial_one"),
    path("assessment/schemes/<int:pk>/<slug:part>/kinds/", scheme.kinds, name="assessment_scheme_kinds"),
    path("assessment/schemes/<int:pk>/<slug:part>/new/", scheme.row_new, name="assessment_scheme_row_new"),
    path("assessment/schemes/<int:pk>/<slug:part>/rows/<slug:code>/", scheme.row, name="assessment_scheme_row"),
    path(
        "assessment/schemes/<int:pk>/<slug:part>/rows/<slug:code>/remove/",
        scheme.remove,
        name="assessment_scheme_remove",
    ),
]
