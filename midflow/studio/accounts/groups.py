"""The groups there are from the start, and what each may do."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission

CONTENT_RIGHTS = ("add", "change", "delete", "publish", "lock", "unlock", "view")
SIGN_IN_RIGHTS = ("add", "change", "delete", "view")


def ensure_groups() -> None:
    """Make the groups where they are missing; give each at least its rights."""
    fresh = not Group.objects.filter(name="Authors").exists()
    content = [
        _right(model, name)
        for model in apps.get_app_config("authoring").get_models()
        for name in CONTENT_RIGHTS
    ]
    editor = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    sign_ins = [_right(apps.get_model("accounts", "User"), name) for name in SIGN_IN_RIGHTS]
    boards, people, record = (
        _codename("accounts", name) for name in ("see_boards", "manage_people", "see_record")
    )
    _group("Authors", [*content, editor], without=_limits())
    _group("Managers", [boards])
    _group("Operators", [*content, editor, *sign_ins, boards, people, record])
    if fresh:
        # Wagtail brings these for pages, of which there are none here.
        Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()


def _group(name, rights, without=()):
    group, _ = Group.objects.get_or_create(name=name)
    wanted = {right for found in rights for right in found} - set(without)
    group.permissions.add(*wanted)


def _limits():
    """How often people are interrupted is the organisation's, not one author's."""
    return Permission.objects.filter(content_type__app_label="authoring", content_type__model="attention")


def _right(model, name):
    return _codename(model._meta.app_label, f"{name}_{model._meta.model_name}")


def _codename(app, codename):
    return Permission.objects.filter(content_type__app_label=app, codename=codename)
