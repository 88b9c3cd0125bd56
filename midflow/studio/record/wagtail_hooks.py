"""The record in the editor's menu, for operators."""

from django.urls import path, reverse
from wagtail import hooks

from midflow.studio.accounts.wagtail_hooks import RightsItem
from midflow.studio.record import views


@hooks.register("register_admin_urls")
def record_addresses():
    return [
        path("record/", views.overview, name="record"),
        path("record/statements/", views.statements, name="record_statements"),
        path("record/statements/<uuid:id>/", views.statement, name="record_statement"),
        path(
            "record/statements/<uuid:id>/attachments/<str:sha2>/", views.attachment, name="record_attachment"
        ),
    ]


@hooks.register("register_admin_menu_item")
def record_item():
    return RightsItem("Record", reverse("record"), right=views.RIGHT, icon_name="list-ul", order=350)
