"""What an evaluation hands back, and how it refuses."""

from collections.abc import Callable
from typing import Any

import msgspec

Say = Callable[[str], None]
"""Takes one short line on how far the work is."""


class Refused(ValueError):
    """An evaluation that cannot be made on this data: why, and what to do."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`figures`: the object that `--json` prints; `words`: the same for people; `page`: an HTML report."""

    figures: dict[str, Any]
    words: str
    page: str | None = None
