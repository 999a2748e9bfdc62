"""`python -m tests.outside.foreign.prepare`: fetch and build the foreign signers into var/outside, once."""

import sys
from pathlib import Path

from tests.needs import outside
from tests.outside.foreign.makers import Unbuilt, Workshop


def main() -> int:
    """Build; return the exit status: 2 where a program or the network is missing."""
    try:
        Workshop(outside(""), Path()).build()
    except (Unbuilt, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
