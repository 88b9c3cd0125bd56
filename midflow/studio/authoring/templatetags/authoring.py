"""What the preview's templates need."""

from functools import cache

from django import template
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

register = template.Library()


@cache
def _renderer() -> MarkdownIt:
    """Markdown as the player shows it: raw HTML stays text, addresses of scripts are no links."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@register.filter
def markdown(text):
    """Return Markdown as HTML."""
    return mark_safe(_renderer().render(text or ""))  # noqa: S308 - the renderer escapes HTML


@register.filter
def field(value, name):
    """Return a field of a block's value; a template would take `items` for the method of a dict."""
    return value[name]
