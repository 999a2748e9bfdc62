"""The files of the project as git knows them: what the architecture tests look at."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is tracked or would be, from the top of the repository."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def written(*suffixes: str) -> list[Path]:
    """Return the files with these suffixes that people write here: vendored scripts are not ours."""
    return [path for path in files() if path.suffix in suffixes and "vendor" not in path.parts]


def text(path: Path) -> str:
    """Return the text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def lines_with(paths: list[Path], pattern: str, *, unless: str = r"(?!)") -> list[str]:
    """Return `file:line: text` of the lines that match `pattern` and not `unless`, for an assertion to show."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), start=1)
        if re.search(pattern, line) and not re.search(unless, line)
    ]
