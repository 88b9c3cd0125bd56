"""People and sign-in in the editor's menu."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from midflow.studio.accounts import operators


class RightsItem(MenuItem):
    """An item for those who have a right."""

    def __init__(self, label, url, *, right, **options):
        super().__init__(label, url, **options)
        self.right = right

    def is_shown(self, request):
        return request.user.has_perm(self.right)


@hooks.register("register_admin_urls")
def people_address():
    return [path("people/", operators.people_page, name="people")]


@hooks.register("register_admin_menu_item")
def people_item():
    return RightsItem(
        "People", reverse("people"), right="accounts.manage_people", icon_name="group", order=300
    )


@hooks.register("register_admin_menu_item")
def boards_item():
    return RightsItem("Boards", reverse("board"), right="accounts.see_boards", icon_name="table", order=400)


@hooks.register("register_admin_menu_item")
def security_item():
    return MenuItem("Security", reverse("mfa_index"), icon_name="lock", order=500)
