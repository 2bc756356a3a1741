"""The command `glmdesk`: the window, or one of its commands without a window."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from glmdesk import __version__
from glmdesk.commands.words import speak
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.settings import Language

EXIT_USAGE = 2
EXIT_NO_DISPLAY = 4
EXIT_STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run it; returns the exit code.

    0 answered, 2 wrong use, 3 provider or network error, 4 no display or Qt library, 130 stopped.
    """
    _steady_streams()
    try:
        code = _run(_parser().parse_args(_with_link(sys.argv[1:] if arguments is None else arguments)))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return EXIT_STOPPED
    except BrokenPipeError:  # who read the output has gone (`| head`); Python must not try to flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_STOPPED


def _with_link(arguments: Sequence[str]) -> list[str]:
    """Desktops start `glmdesk glmdesk://…`: such an address is an option of its own, but not in a question."""
    given = list(arguments)
    if given and given[-1].startswith("glmdesk:") and "ask" not in given:
        given.insert(-1, "--open")
    return given


def _steady_streams() -> None:
    """Pipes carry UTF-8 on every system, and a letter that a terminal cannot show is no reason to end."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program without a console has none
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _run(options: argparse.Namespace) -> int:
    if options.profile:
        os.environ["GLMDESK_HOME"] = str(Path(options.profile).expanduser().resolve())
    if options.worker:
        return _worker(options.worker)
    match options.command:
        case "ask":
            from glmdesk.commands.ask import run

            return run(options)
        case "export":
            from glmdesk.commands.export import run

            return run(options)
        case "doctor":
            from glmdesk.commands.doctor import run

            return run(options)
        case "key":
            from glmdesk.commands.key import run

            return run(options)
        case _:
            return _window(options)


def _window(options: argparse.Namespace) -> int:
    if options.smoke and not Path(options.smoke).absolute().parent.is_dir():
        print(Catalogue.load(Language.SYSTEM).text("cli.no_folder", path=options.smoke), file=sys.stderr)
        return EXIT_USAGE
    from glmdesk.preflight import check_display

    problem = check_display()
    if problem is not None:
        print(*problem, sep="\n", file=sys.stderr)
        return EXIT_NO_DISPLAY
    gc.disable()  # until the window has a collector of its own: looking at all that imports make is a sixth of a start
    try:
        from glmdesk.ui.imports import leave_sources_unread

        leave_sources_unread()
        from glmdesk.app import run
    except ImportError as error:  # a Qt library is missing or does not fit this system
        text = Catalogue.load(Language.SYSTEM).text
        print(text("cli.no_qt", reason=str(error)), text("cli.no_qt_fix"), sep="\n", file=sys.stderr)
        return EXIT_NO_DISPLAY
    return run(demo=options.demo, smoke=options.smoke, link=options.open or "")


def _worker(name: str) -> int:
    """One entry for every helper process, so that the frozen program has them too."""
    if name == "demo":
        from glmdesk.demo.__main__ import main as demo

        return demo([])
    if name == "guardian":
        from glmdesk.tools.mcp.guardian import main as guardian

        return guardian()
    if name == "formulas":
        from glmdesk.markup.formula_worker import main as formulas

        return formulas()
    if name == "schema":
        from glmdesk.scenarios.schema_check import main as schema

        return schema()
    if name == "documents":
        from glmdesk.documents.worker import main as documents

        return documents()
    print(Catalogue.load(Language.SYSTEM).text("cli.unknown_worker", name=name), file=sys.stderr)
    return EXIT_USAGE


def _parser() -> argparse.ArgumentParser:
    catalogue = Catalogue.load(Language.SYSTEM)
    speak(catalogue)
    text = catalogue.text
    parser = argparse.ArgumentParser(prog="glmdesk", description=text("cli.about"))
    version = f"GLM Desk {__version__}"
    parser.add_argument("--version", action="version", version=version, help=text("cli.words.version"))
    parser.add_argument("--profile", metavar="DIR", help=text("cli.profile"))
    parser.add_argument("--demo", action="store_true", help=text("cli.demo"))
    parser.add_argument("--smoke", metavar="PNG", help=text("cli.smoke"))
    parser.add_argument("--worker", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--open", metavar="URL", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_ask(commands.add_parser("ask", help=text("cli.ask.about"), description=text("cli.ask.about")))
    export = commands.add_parser("export", help=text("cli.export.about"), description=text("cli.export.about"))
    export.add_argument("--all", action="store_true", required=True, help=text("cli.export.all"))
    export.add_argument("--format", choices=["json"], default="json", help=text("cli.export.format"))
    commands.add_parser("doctor", help=text("cli.doctor.about"), description=text("cli.doctor.about"))
    key = commands.add_parser("key", help=text("cli.key.about"), description=text("cli.key.about"))
    key.add_argument("verb", choices=["print"])
    key.add_argument("endpoint", metavar="ENDPOINT", help=text("cli.key.endpoint"))
    return parser


def _add_ask(ask: argparse.ArgumentParser) -> None:
    from glmdesk.domain.endpoint import DialectName

    text = Catalogue.load(Language.SYSTEM).text
    # No default of its own: `glmdesk --demo ask` says the same, and must not be overwritten.
    ask.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help=text("cli.ask.demo"))
    ask.add_argument("prompt", nargs="?", metavar="PROMPT", help=text("cli.ask.prompt"))
    ask.add_argument("--model", help=text("cli.ask.model"))
    ask.add_argument("--thinking", choices=["on", "off", "auto"], default="auto", help=text("cli.ask.thinking"))
    ask.add_argument("--endpoint", metavar="URL", help=text("cli.ask.endpoint"))
    ask.add_argument("--dialect", choices=[d.value for d in DialectName], help=text("cli.ask.dialect"))
    ask.add_argument("--key-env", metavar="VAR", help=text("cli.ask.key_env"))
    ask.add_argument("--template", metavar="ID", help=text("cli.ask.template"))
    ask.add_argument("--var", metavar="K=V", action="append", default=[], help=text("cli.ask.var"))
    ask.add_argument("--tools", action="store_true", help=text("cli.ask.tools"))
    ask.add_argument("--tool", metavar="NAME", action="append", default=[], help=text("cli.ask.tool"))
    ask.add_argument("--workspace", metavar="DIR", help=text("cli.ask.workspace"))
    ask.add_argument("--save", action="store_true", help=text("cli.ask.save"))
    ask.add_argument("--json", action="store_true", help=text("cli.ask.json"))
