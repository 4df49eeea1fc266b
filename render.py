#!/usr/bin/env python3
"""The command line: `python render.py --help`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv" / "bin" / "python"

# Whoever types `python render.py` means the environment that `make` has set up.
if ENVIRONMENT.exists() and Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
    os.execv(ENVIRONMENT, [str(ENVIRONMENT), str(ROOT / "render.py"), *sys.argv[1:]])

sys.path.insert(0, str(ROOT))

from cnnviz.commands.command_line import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
