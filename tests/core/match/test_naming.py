"""A title in a calendar names a task by its words, or by what somebody said they mean."""

import pytest

from midflow.core.content.model import Task
from midflow.core.match.naming import tasks_named

TASKS = (
    Task(id="close-month", title="Close the month"),
    Task(id="refund", title="Issue a refund"),
    Task(id="hold", title="Put a ticket on hold"),
)


@pytest.mark.parametrize(
    ("title", "tasks"),
    [
        ("Closing of the month (finance)", ["close-month"]),
        ("CLOSE MONTH", ["close-month"]),
        ("Monthly meeting", []),
        ("Issuing refunds and closing the month", ["close-month", "refund"]),
        ("Lunch", []),
        ("", []),
        ("Holding tickets", []),  # `put` is missing
    ],
)
def test_a_title_names_the_tasks_all_of_whose_words_it_has(title: str, tasks: list[str]) -> None:
    assert tasks_named(title, TASKS, {}) == tasks


def test_what_somebody_said_goes_before_the_words_of_titles() -> None:
    said = {"month end": "close-month"}
    assert tasks_named("Month end: issue a refund", TASKS, said) == ["close-month"]
    assert tasks_named("The end", TASKS, said) == []
