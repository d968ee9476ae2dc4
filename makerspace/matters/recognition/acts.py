"""Hands in this room's acts to casework; loaded once when the application starts."""

from makerspace.matters.recognition import forms, guards, operations
from makerspace.office.casework import acts

acts.register(
    "recognition",
    "announce",
    operation=operations.announce_one,
    schema=forms.Announce,
    page="recognition_announce",
    batch=True,
    guards=(guards.notice_ran_unchanged,),
    note="公布后即授予“昆明市众创空间”称号，列入名录并生成证书；公布文件向社会公开。",
)
