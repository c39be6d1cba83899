"""The chaos in short: the full form is `scripts/soak.sh`."""

import subprocess
import sys
from pathlib import Path


def test_twenty_seconds_of_providers_that_flap() -> None:
    script = Path(__file__).with_name("chaos.py")
    options = ["20s", "--seed", "1", "--clients", "60", "--period", "2", "--up", "4", "--down", "1.5", "--tolerance", "0.05"]
    done = subprocess.run(
        [sys.executable, script, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
