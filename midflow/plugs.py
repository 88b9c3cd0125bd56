"""Plugs are files found by their name; a broken one stops the start.

A package of another project adds one through the entry point groups
`midflow.blocks` and `midflow.sources`.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from midflow.core.content.block import BlockKind


class PlugError(RuntimeError):
    """A plug that cannot be used: which, and why."""


@cache
def block_kinds() -> dict[str, BlockKind]:
    """Return the block kinds by name."""
    found = _modules("midflow.core.content.blocks", "midflow.blocks")
    kinds: dict[str, BlockKind] = {}
    for name, module in found.items():
        kind = _attribute(module, "BLOCK", BlockKind)
        if kind.kind != name:
            raise PlugError(
                f"The block file '{name}' declares the kind '{kind.kind}'; both must be the same."
            )
        kinds[name] = kind
    return kinds


@cache
def sources() -> dict[str, ModuleType]:
    """Return the source connectors by name; each has NAME, FIELDS, verify and events."""
    found = _modules("midflow.connect.sources", "midflow.sources")
    for name, module in found.items():
        for attribute in ("FIELDS", "verify", "events"):
            _attribute(module, attribute, object)
        if _attribute(module, "NAME", str) != name:
            raise PlugError(f"The source file '{name}' declares another NAME; both must be the same.")
    return found


def _modules(package: str, group: str) -> dict[str, ModuleType]:
    found: dict[str, ModuleType] = {}
    names = [(info.name, f"{package}.{info.name}") for info in iter_modules(import_module(package).__path__)]
    names += [(point.name, point.value) for point in entry_points(group=group)]
    for name, path in sorted(names):
        if name in found:
            raise PlugError(f"Two plugs are called '{name}' in {package}; rename one.")
        try:
            found[name] = import_module(path)
        except Exception as error:
            raise PlugError(f"The plug '{name}' ({path}) cannot be loaded: {error}") from error
    return found


def _attribute(module: ModuleType, name: str, kind: type[Any]) -> Any:
    value = getattr(module, name, None)
    if not isinstance(value, kind):
        raise PlugError(f"The plug {module.__name__} has no usable `{name}`.")
    return value
