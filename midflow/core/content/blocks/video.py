"""A short video with captions and a transcript, so that nobody needs the sound."""

from typing import Annotated

import msgspec

from midflow.core.content.block import BlockKind
from midflow.core.content.model import Problem, Title, Value


class Video(Value):
    """`src`, `captions` (WebVTT) and `poster` are paths of the product or https addresses.

    `length_seconds` is the running time; `transcript` is Markdown.
    """

    title: Title
    src: str
    length_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)]
    captions: str = ""
    poster: str = ""
    transcript: str = ""


def lint(body: Video, where: str) -> list[Problem]:
    found: list[Problem] = []
    for name in ("src", "captions", "poster"):
        value = getattr(body, name)
        if value and not value.startswith(("https://", "/")):
            found.append(
                Problem(
                    where=where,
                    line=0,
                    message=f"`{name}` is neither an https address nor a path that begins with '/'.",
                    remedy="Upload the file in the studio, or give its https address.",
                )
            )
    if not body.captions and not body.transcript.strip():
        found.append(
            Problem(
                where=where,
                line=0,
                message="The video has neither captions nor a transcript.",
                remedy="Add one, so that it works without sound and can be searched.",
            )
        )
    return found


def text(body: Video) -> str:
    return f"{body.title}\n{body.transcript}".strip()


def seconds(body: Video) -> float:
    return body.length_seconds


BLOCK = BlockKind(kind="video", shape=Video, seconds=seconds, text=text, lint=lint)
