"""Peers that run in processes of their own: `pdfsig` once per file, and EU DSS in a JVM that is kept warm."""

import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Elsewhere

POM = Path(__file__).parent / "peers" / "dss" / "pom.xml"
BUILT = Path("var/bench/dss").absolute()
WARM_UP = 300


def pdfsig(path: Path) -> Elsewhere:
    """Return the CPU time of one `pdfsig` process on a file; what it says is not looked at: it knows no tokens."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["pdfsig", str(path)], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Elsewhere((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)


def pdfsig_is_here() -> bool:
    """Tell whether poppler's `pdfsig` is installed."""
    return shutil.which("pdfsig") is not None


Validate = Callable[[Path], Elsewhere]


@contextmanager
def dss(root: Path, warm_with: list[Path]) -> Iterator[Validate | None]:
    """Yield EU DSS in a JVM that trusts `root` and has checked files WARM_UP times; None without Java and Maven."""
    if not _built():
        yield None
        return
    command = ["java", "-cp", f"{BUILT}/dss-peer-1.jar:{BUILT}/lib/*", "DssPeer", str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as machine:

        def validate(path: Path) -> Elsewhere:
            if machine.stdin is None or machine.stdout is None:
                raise OSError("no pipes")
            print(path, file=machine.stdin, flush=True)
            nanoseconds, _ = machine.stdout.readline().split()
            return Elsewhere(int(nanoseconds) / 1e6)

        for number in range(WARM_UP):
            validate(warm_with[number % len(warm_with)])
        try:
            yield validate
        finally:
            machine.terminate()


def _built() -> bool:
    """Build the peer once; needs the libraries of EU DSS, which Maven fetches from wherever it is told to."""
    if (BUILT / "dss-peer-1.jar").exists() and shutil.which("java"):
        return True
    if not (shutil.which("java") and shutil.which("mvn")):
        return False
    command = ["mvn", "-q", "-B", "-ntp", "-f", str(POM), f"-DbuildDirectory={BUILT}", "package"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
