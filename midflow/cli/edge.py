"""`midflow edge`: the front door alone."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings

    parser = commands.add_parser("edge", help="the front door alone")
    add_settings(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.folder import loaded, prepare_folder
    from midflow.edge.serve import run
    from midflow.logs import configure

    settings = loaded(args).settings
    prepare_folder(settings.data)
    configure(level=settings.log_level, format=settings.log_format, process="edge")
    return run(settings)
