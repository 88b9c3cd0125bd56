"""`midflow studio`: authoring alone, and the tasks that need Django."""

import argparse
import os


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings

    parser = commands.add_parser("studio", help="authoring alone; `studio task NAME` runs one task")
    add_settings(parser)
    parser.add_argument("task", nargs="*", metavar="task NAME", help="task NAME [ARGUMENT ...]")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.folder import loaded, prepare_folder
    from midflow.config import ConfigError
    from midflow.logs import configure

    settings = loaded(args).settings
    if args.task[:1] not in ([], ["task"]) or args.task == ["task"]:
        raise ConfigError("`midflow studio` serves; `midflow studio task NAME [ARGUMENT ...]` runs a task.")
    prepare_folder(settings.data)
    configure(level=settings.log_level, format=settings.log_format, process="studio")
    from midflow.studio.environment import export

    export(settings, os.environ)
    if args.task:
        from midflow.studio.tasks import run as run_task

        return run_task(*args.task[1:])
    from midflow.studio.serve import run

    return run(settings)
