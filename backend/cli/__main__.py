"""`python -m backend.cli` is `prasasti`."""

import sys

from backend.cli import main

sys.exit(main())
