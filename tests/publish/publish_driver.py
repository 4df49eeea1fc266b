"""Publishes whenever a line comes in, each time in a new process, which may be killed.

It prints that process's id, and its exit status when it has ended. Forking from here, where all is
imported already, makes many runs affordable.
"""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from pathlib import Path

from channel import WISH, credentials

from cnnviz.progress import Reporter
from cnnviz.publish.bundle_reader import read_bundle
from cnnviz.publish.publish import publish
from cnnviz.publish.youtube import YouTube
from cnnviz.retry import Patience


def run(root: str, bundle: str, journals: str) -> None:
    publish(
        read_bundle(Path(bundle)),
        WISH,
        YouTube(credentials(root), root + "/"),
        Path(journals),
        Reporter(io.StringIO()),
        patience=Patience(sleep=lambda seconds: None),
    )


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                run(**json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
