"""`python -m backend.verification`: the same as `prasasti verify`, with the base dependencies alone."""

import argparse
import sys
from typing import NoReturn

from backend.verification import command


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(command.USAGE, f"{self.prog}: {message}\n")


def main() -> int:
    """Read the command line, check, and return the exit status."""
    parser = _Parser(prog="prasasti")
    command.add_parser(parser.add_subparsers(parser_class=_Parser, required=True, dest="command"))
    parsed = parser.parse_args(["verify", *sys.argv[1:]])
    return int(parsed.run(parsed))


if __name__ == "__main__":
    sys.exit(main())
