"""How the content stands in Wagtail's menu and lists."""

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django_filters import CharFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from midflow.studio.authoring import history, models, policy_try, rules, views


class UnitFilters(WagtailFilterSet):
    task = ModelChoiceFilter(queryset=models.Task.objects.all())
    pack = ModelChoiceFilter(queryset=models.Pack.objects.all())

    class Meta:
        model = models.Unit
        fields = ["live", "has_unpublished_changes", "task", "kind", "risk", "pack"]


class ContentViewSet(SnippetViewSet):
    """A list with its state, found by words of its title."""

    list_display = ["title", "slug", LiveStatusTagColumn(), UpdatedAtColumn()]
    search_fields = ["title", "slug"]
    search_backend_name = None
    copy_view_enabled = False
    list_per_page = 50


class UnitViewSet(ContentViewSet):
    model = models.Unit
    icon = "doc-full"
    list_display = ["title", "task", "promised", "pack", LiveStatusTagColumn(), UpdatedAtColumn()]
    search_fields = ["title", "slug", "objective"]
    filterset_class = UnitFilters


class TaskViewSet(ContentViewSet):
    model = models.Task
    icon = "clipboard-list"
    list_filter = ["live", "pack"]


class SkillViewSet(ContentViewSet):
    model = models.Skill
    icon = "pick"
    list_filter = ["live", "pack"]


class RuleFilters(WagtailFilterSet):
    events = CharFilter(lookup_expr="icontains", label="Event type")

    class Meta:
        model = models.Rule
        fields = ["live", "task", "phase", "pack"]


class RuleViewSet(ContentViewSet):
    model = models.Rule
    icon = "code"
    list_display = ["__str__", "task", "phase", "when", LiveStatusTagColumn(), UpdatedAtColumn()]
    search_fields = ["title", "slug", "because"]
    filterset_class = RuleFilters


class RoleViewSet(ContentViewSet):
    model = models.Role
    icon = "user"
    list_filter = ["live", "pack"]


class PathViewSet(ContentViewSet):
    model = models.Path
    icon = "list-ol"
    list_filter = ["live", "pack"]


class SourceViewSet(ContentViewSet):
    model = models.EventSource
    icon = "link"
    list_display = ["title", "fields", LiveStatusTagColumn(), UpdatedAtColumn()]
    search_fields = ["title"]


class ContentGroup(SnippetViewSetGroup):
    items = (UnitViewSet, TaskViewSet, SkillViewSet, RuleViewSet, RoleViewSet, PathViewSet, SourceViewSet)
    menu_label = "Content"
    menu_icon = "folder-open-inverse"
    menu_order = 100


register_snippet(ContentGroup)


@hooks.register("register_admin_urls")
def our_addresses():
    return [
        path("releases/", views.releases, name="releases"),
        path("rules/seen/", rules.seen_lately, name="rule_seen"),
        path("rules/condition/", rules.condition, name="rule_condition"),
        path("rules/try/", rules.try_draft, name="rule_try"),
        path("policy/try/", policy_try.try_draft, name="policy_try"),
    ]


class ReleasesItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("authoring.view_unit")


@hooks.register("register_admin_menu_item")
def releases_item():
    return ReleasesItem("Releases", reverse("releases"), icon_name="history", order=200)


PAGES = ("explorer", "images", "documents", "reports", "help", "snippets")
"""Wagtail's menu for web pages and their files, of which there are none here."""


@hooks.register("construct_main_menu")
def without_pages(request, items):
    items[:] = [item for item in items if item.name not in PAGES]


@hooks.register("construct_settings_menu")
def without_sites(request, items):
    items[:] = [item for item in items if item.name not in ("sites", "collections")]


@hooks.register("insert_global_admin_css")
def our_css():
    return format_html('<link rel="stylesheet" href="{}">', static("studio/editor.css"))


class Overview(Component):
    """The first page: what people see now, and what waits."""

    order = 10

    def render_html(self, parent_context):
        counts = [
            (
                name,
                model.objects.filter(live=True).count(),
                reverse(model.snippet_viewset.get_url_name("list")),
            )
            for name, model in models.CONTENT.items()
            if name != "sources"
        ]
        waiting = models.Unit.objects.filter(has_unpublished_changes=True).order_by(
            "-latest_revision__created_at"
        )[:8]
        context = {
            "release": history.current_number(),
            "counts": counts,
            "waiting": waiting,
        }
        return mark_safe(render_to_string("authoring/overview.html", context))  # noqa: S308 - our own template


@hooks.register("construct_homepage_panels")
def overview(request, panels):
    if request.user.has_perm("authoring.view_unit"):
        panels[:] = [Overview()]


@hooks.register("construct_homepage_summary_items")
def no_summary(request, items):
    items.clear()
