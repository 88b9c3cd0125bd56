"""`midflow edge`: the front door alone."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings
    from midflow.cli.parent import add_parent

    parser = commands.add_parser("edge", help="the front door alone")
    add_settings(parser)
    add_parent(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.address import check_address
    from midflow.cli.folder import loaded, prepare_folder
    from midflow.cli.parent import end_with_parent
    from midflow.edge.serve import run
    from midflow.logs import configure

    settings = loaded(args).settings
    prepare_folder(settings.data)
    configure(level=settings.log_level, format=settings.log_format, process="edge")
    check_address(settings.host, settings.port)
    end_with_parent(args)
    return run(settings)
