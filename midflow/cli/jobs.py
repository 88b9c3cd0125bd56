"""`midflow jobs`: what is due, alone."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings
    from midflow.cli.parent import add_parent

    parser = commands.add_parser("jobs", help="what is due, alone")
    add_settings(parser)
    add_parent(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.folder import loaded, prepare_folder
    from midflow.cli.parent import end_with_parent
    from midflow.jobs.serve import run
    from midflow.logs import configure

    settings = loaded(args).settings
    prepare_folder(settings.data)
    configure(level=settings.log_level, format=settings.log_format, process="jobs")
    end_with_parent(args)
    return run(settings)
