"""What a statement is found by, its parts looked through one by one."""

from typing import Any

from midflow.core.record.actors import agents, ifi


class Found:
    """What a statement or a part of one is found by; dicts because they keep the order and each thing once."""

    __slots__ = (
        "activities",
        "agents",
        "attachments",
        "definitions",
        "more_activities",
        "more_agents",
        "names",
    )

    def __init__(self) -> None:
        self.agents: dict[str, None] = {}
        self.more_agents: dict[str, None] = {}
        self.activities: dict[str, None] = {}
        self.more_activities: dict[str, None] = {}
        self.attachments: dict[str, None] = {}
        self.definitions: list[tuple[str, dict[str, Any]]] = []
        self.names: list[tuple[str, str]] = []

    def statement(self, decoded: dict[str, Any], *, related: bool) -> None:
        """Look through a checked statement; `related` where it is only a part of another."""
        self.actor(decoded["actor"], related=related)
        self.object(decoded["object"], related=related)
        for name, value in decoded.get("context", {}).items():
            self.context(name, value)
        self.attached(decoded.get("attachments", ()))

    def object(self, object_: dict[str, Any], *, related: bool) -> None:
        """Look through what a statement is about."""
        kind = object_.get("objectType", "Activity")
        if kind == "Activity":
            self.activity(object_, related=related)
        elif kind in ("Agent", "Group"):
            self.actor(object_, related=related)
        elif kind == "SubStatement":
            self.statement(object_, related=True)

    def context(self, name: str, value: Any) -> None:
        """Look through one member of a context."""
        if name in ("instructor", "team"):
            self.actor(value, related=True)
        elif name in ("contextAgents", "contextGroups"):
            for item in value:
                self.actor(item["agent" if name == "contextAgents" else "group"], related=True)
        elif name == "contextActivities":
            for some in value.values():
                for activity in some if type(some) is list else (some,):
                    self.activity(activity, related=True)

    def actor(self, actor: dict[str, Any], *, related: bool) -> None:
        """Look through an Agent or a Group."""
        into = self.more_agents if related else self.agents
        for agent in agents(actor):
            who = ifi(agent)
            if who is not None:
                into[who] = None
                if "name" in agent:
                    self.names.append((who, agent["name"]))

    def activity(self, activity: dict[str, Any], *, related: bool) -> None:
        """Look through an Activity."""
        (self.more_activities if related else self.activities)[activity["id"]] = None
        if "definition" in activity:
            self.definitions.append((activity["id"], activity["definition"]))

    def attached(self, attachments: Any) -> None:
        """Look through a list of attachments."""
        for attachment in attachments:
            self.attachments[attachment["sha2"].lower()] = None

    def add(self, part: "Found") -> None:
        """Take over what a part is found by."""
        self.agents |= part.agents
        self.more_agents |= part.more_agents
        self.activities |= part.activities
        self.more_activities |= part.more_activities
        self.attachments |= part.attachments
        self.definitions += part.definitions
        self.names += part.names
