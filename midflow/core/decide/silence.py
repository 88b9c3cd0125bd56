"""Why nothing was shown: a closed list, each with the words a person reads."""

from typing import Literal, get_args

Silence = Literal[
    "no_rule", "no_unit", "unknown_person", "no_consent", "opted_out", "held_out", "not_my_role",
    "quiet_hours", "focus", "mastered", "cooldown", "shown_often", "ignored_often", "prerequisite",
    "below_threshold", "over_budget", "another_open", "withheld", "to_digest", "help_on_request_only",
    "late", "unit_expired", "channel_down", "host_off",
]  # fmt: skip

SILENCES: tuple[str, ...] = get_args(Silence)

WORDS: dict[str, str] = {
    "no_rule": "No rule speaks of this event.",
    "no_unit": "No unit teaches this task yet.",
    "unknown_person": "This account is not linked to a person yet.",
    "no_consent": "The person has not agreed to prompts.",
    "opted_out": "The person has switched prompts off.",
    "held_out": "The person is in the comparison group of a study.",
    "not_my_role": "The unit is written for others.",
    "quiet_hours": "It is within the person's quiet hours.",
    "focus": "The person asked not to be disturbed now.",
    "mastered": "The person knows this.",
    "cooldown": "The same unit was shown within the last days.",
    "shown_often": "The unit has been shown as often as it may be.",
    "ignored_often": "The person has passed over this unit several times.",
    "prerequisite": "Another unit comes first.",
    "below_threshold": "The expected benefit does not outweigh the interruption.",
    "over_budget": "The person's attention budget is used up for now.",
    "another_open": "Another prompt is open.",
    "withheld": "Held back by chance, so that the effect can be measured.",
    "to_digest": "It waits for the daily digest.",
    "help_on_request_only": "The person gets help on request only.",
    "late": "The event arrived more than 30 minutes after it happened.",
    "unit_expired": "The unit is out of date.",
    "channel_down": "No channel reaches the person now.",
    "host_off": "Prompts are switched off in this tool.",
}
