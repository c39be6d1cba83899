"""The soak in short: the full form is `make soak`."""

import subprocess
import sys
from pathlib import Path


def test_twenty_seconds_of_everything() -> None:
    script = Path(__file__).with_name("soak.py")
    done = subprocess.run(
        [sys.executable, script, "20s", "--seed", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
