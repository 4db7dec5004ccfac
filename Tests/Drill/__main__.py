"""`scripts/drill`: breaks things on purpose, and ends with 1 at the first promise that is not kept."""

import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests"))

import clock  # noqa: E402
import disk  # noqa: E402
import failover  # noqa: E402
import kills  # noqa: E402
import power  # noqa: E402
import race  # noqa: E402
import shim  # noqa: E402
import zoo  # noqa: E402

PARTS = {
    "kills": kills, "disk": disk, "power": power, "zoo": zoo, "clock": clock, "race": race, "failover": failover}


def main(arguments):
    names = arguments[:1] or list(PARTS)
    if not set(names) <= PARTS.keys() or any(not more.isdigit() for more in arguments[1:]):
        print(__doc__, f"\nusage: scripts/drill [{'|'.join(PARTS)} [NUMBER]]", file=sys.stderr)
        return 64
    binary = os.environ.get("PLACET", str(ROOT / ".build/debug/placet"))
    with tempfile.TemporaryDirectory(prefix="placet-drill-") as folder:
        library = shim.build(folder)
        for name in names:
            began = time.monotonic()
            try:
                said = PARTS[name].run(binary, library, *map(int, arguments[1:]))
            except AssertionError:
                traceback.print_exc()
                print(f"{name}: BROKEN after {time.monotonic() - began:.0f} s", flush=True)
                return 1
            print(f"{name}: {said}, {time.monotonic() - began:.0f} s", flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
