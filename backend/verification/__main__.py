"""`python -m backend.verification`: the same as `prasasti verify`, with the base dependencies alone."""

import sys

from backend.verification import command


def main() -> int:
    """Read the command line, check, and return the exit status."""
    parser = command.Parser(prog="prasasti")
    command.add_parser(parser.add_subparsers(required=True, dest="command"))
    parsed = parser.parse_args(["verify", *sys.argv[1:]])
    return int(parsed.run(parsed))


if __name__ == "__main__":
    sys.exit(main())
