"""Addresses of this room, below /work/."""

from django.urls import path, register_converter

from makerspace.matters.funding import views


class SheetForm:
    """xlsx or pdf."""

    regex = "xlsx|pdf"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(SheetForm, "sheet")
urlpatterns = [
    path("funding/", views.budget, name="funding_budget"),
    path("funding/years/<int:year>/", views.budget, name="funding_year"),
    path("funding/years/<int:year>/ledger.csv", views.ledger_csv, name="funding_ledger"),
    path("funding/ceilings/", views.propose, name="funding_propose"),
    path("funding/ceilings/<int:pk>/", views.decide, name="funding_decide"),
    path("funding/approve/", views.approve, name="funding_approve"),
    path("funding/payments/", views.payments, name="funding_payments"),
    path("funding/payments/<str:number>/", views.open_account, name="funding_open"),
    path("funding/batches/", views.batches, name="funding_batches"),
    path("funding/batches/<str:number>/", views.batch, name="funding_batch"),
    path("funding/batches/<str:number>/<sheet:form>/", views.sheet, name="funding_sheet"),
    path("funding/batches/<str:number>/<sheet:form>/full/", views.full_sheet, name="funding_full_sheet"),
]
