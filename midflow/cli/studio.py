"""`midflow studio`: authoring alone, and the tasks that need Django."""

import argparse
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflow.config import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings
    from midflow.cli.parent import add_parent

    parser = commands.add_parser("studio", help="authoring alone; `studio task NAME` runs one task")
    add_settings(parser)
    add_parent(parser)
    parser.add_argument("task", nargs="*", metavar="task NAME", help="task NAME [ARGUMENT ...]")
    parser.set_defaults(run=_run)


def run_task(args: argparse.Namespace, name: str, *arguments: str) -> int:
    """Run one of the studio's tasks in this process."""
    _prepared(args)
    from midflow.studio.tasks import run

    return run(name, *arguments)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.parent import end_with_parent
    from midflow.config import ConfigError

    end_with_parent(args)
    if args.task:
        if args.task[0] != "task" or len(args.task) == 1:
            raise ConfigError(
                "`midflow studio` serves; `midflow studio task NAME [ARGUMENT ...]` runs a task."
            )
        return run_task(args, *args.task[1:])
    settings = _prepared(args)
    from midflow.studio.serve import run

    return run(settings)


def _prepared(args: argparse.Namespace) -> "Settings":
    from midflow.cli.folder import loaded, prepare_folder
    from midflow.logs import configure

    settings = loaded(args).settings
    prepare_folder(settings.data)
    configure(level=settings.log_level, format=settings.log_format, process="studio")
    # Django reads its settings from a module, so they reach it by the environment.
    os.environ |= {
        "MIDFLOW_DATA": str(settings.data),
        "MIDFLOW_DATABASE_URL": settings.database_url,
        "MIDFLOW_BASE_URL": settings.base_url,
        "MIDFLOW_DEMO": str(settings.demo).lower(),
    }
    return settings
