"""What a store knows of an activity: the definitions it has seen, put together (Data 2.4.4.1)."""

from typing import Any

from midflow.core.record.objects import INTERACTION

LANGUAGE_MAPS = ("name", "description")


def combined(known: dict[str, Any] | None, seen: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with all that is known of an activity after another definition of it was seen.

    Languages and extensions are added to, the newer entry of the same key standing; what describes an
    interaction is taken as a whole, so that no two are mixed; of anything else the newer stands.
    """
    if known is None:
        return seen
    made = {**known, **seen}
    for name in (*LANGUAGE_MAPS, "extensions"):
        if name in known and name in seen:
            made[name] = {**known[name], **seen[name]}
    if "interactionType" in seen:
        for name in INTERACTION - seen.keys():
            made.pop(name, None)
    return made
