"""What is wrong with a record, where, and what to do about it."""

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class RecordError(ValueError):
    """A statement, a document or a parameter breaks a rule of xAPI.

    `where` is a JSON path ("$.actor.mbox", in a batch "$[3].actor.mbox"), or the name of the parameter or
    header at fault. `message` says what is wrong and the remedy. `section` is the rule's place in the xAPI
    1.0.3 specification ("Data 2.4.3", "Communication 2.1.3"). `status` is the HTTP status that fits.
    """

    def __init__(self, message: str, *, section: str, where: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.section = section
        self.where = where
        self.status = status

    def __str__(self) -> str:
        return f"{self.where}: {self.message} (xAPI {self.section})"

    def within(self, step: str | int) -> None:
        """Put the step that led here before the path: the way out of nested checks builds it."""
        if isinstance(step, int):
            self.where = f"[{step}]{self.where}"
        elif NAME.match(step):
            self.where = f".{step}{self.where}"
        else:
            self.where = f'["{step}"]{self.where}'

    def below(self, root: str) -> None:
        """Put the root before the path: "$", "$[3]" or the name of a parameter."""
        self.where = f"{root}{self.where}"
