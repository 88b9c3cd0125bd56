"""Whether a statement, an actor or an activity keeps the rules of xAPI."""

from typing import Any

from midflow.core.record.objects import ACTIVITY, AGENT, AGENT_OR_GROUP, STATEMENT
from midflow.core.record.problem import RecordError
from midflow.core.record.shapes import Check
from midflow.core.record.values import Version


def check_statement(decoded: Any, *, version: Version, where: str = "$") -> None:
    """Refuse a statement that breaks a rule of the version, with RecordError (Data 2.2 to 2.6).

    `decoded` comes from `jsontext.decode`, which refuses members given twice and too deep nesting. What
    attachments and signatures need from other parts of the request is in multipart.py.
    """
    _check(STATEMENT[version], decoded, where)


def check_actor(decoded: Any, *, where: str = "$") -> None:
    """Refuse what is neither an Agent nor a Group, with RecordError (Data 2.4.2)."""
    _check(AGENT_OR_GROUP, decoded, where)


def check_agent(decoded: Any, *, where: str = "$") -> None:
    """Refuse what is not an Agent, with RecordError (Data 2.4.2.1)."""
    _check(AGENT, decoded, where)


def check_activity(decoded: Any, *, where: str = "$") -> None:
    """Refuse what is not an Activity, with RecordError (Data 2.4.4.1)."""
    _check(ACTIVITY, decoded, where)


def _check(check: Check, decoded: Any, where: str) -> None:
    try:
        check(decoded)
    except RecordError as error:
        error.below(where)
        raise
