"""What the doctor says about machines that are well, and about those that are not."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest

from cnnviz import bootstrap, doctor, installed
from cnnviz.bootstrap import Need
from cnnviz.installed import Finding

HOUSE = Path(__file__).resolve().parent.parent


@pytest.fixture
def healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine with everything; returns its packages, for a test to take some away."""
    needed, extras = installed.declared()
    names = [installed.package(line).name for line in chain(needed, *extras.values())]
    versions = {name: _tested(name) for name in [*names, "pycairo", "ManimPango"]}
    monkeypatch.setattr(installed, "version_of", versions.get)
    monkeypatch.setattr(doctor, "_unreachable", lambda url, seconds: None)
    monkeypatch.setattr(installed, "loading", lambda packages: [])
    monkeypatch.setattr(bootstrap, "debian_needs", lambda: [_need(met=True)])
    monkeypatch.setattr(doctor, "ENOUGH_DISK", 0)
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path))
    folders = {"fontpkg_hind_siliguri": "files/a.ttf", "espeakng_loader": "espeak-ng-data"}
    for package, file in folders.items():
        (tmp_path / package / file).parent.mkdir(parents=True)
        (tmp_path / package / file).touch()
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho ffmpeg version 9 and more\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))

    def folder(name: str) -> Path | None:
        return tmp_path / name if (tmp_path / name).exists() else None

    monkeypatch.setattr(installed, "folder_of", folder)
    return versions


def _tested(name: str) -> str:
    for line in (HOUSE / bootstrap.CONSTRAINTS).read_text().splitlines():
        if line.lower().startswith(f"{name.lower()}=="):
            return line.split("==")[1]
    return {"torch": "2.13.0+cpu"}[name]


def _need(met: bool, building: bool = True) -> Need:
    return Need("cairo headers", ("libcairo2-dev",), lambda: met, building)


def found(name: str) -> Finding:
    (finding,) = [finding for finding in doctor.examine() if finding.name == name]
    return finding


def test_a_healthy_machine_gets_no_complaint(
    healthy: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith("NO")]
    assert lines[-1] == "all that a film needs is here"


def test_a_missing_package_is_named_with_its_remedy(
    healthy: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    del healthy["moviepy"]
    assert found("moviepy") == Finding("moviepy", False, "missing", "make setup")
    assert doctor.main() == 1
    assert capsys.readouterr().out.endswith("1 of these must be mended first\n")


def test_a_version_that_is_not_allowed_is_no_good(healthy: dict[str, str]) -> None:
    healthy["torch"] = "2.15.0"
    assert found("torch").detail == "2.15.0, which is not ==2.13.0"
    assert found("torch").ok is False


def test_a_local_build_of_the_pinned_torch_is_that_torch(healthy: dict[str, str]) -> None:
    assert found("torch") == Finding("torch", True, "2.13.0+cpu")


def test_extras_are_never_required(healthy: dict[str, str]) -> None:
    del healthy["google-auth-oauthlib"]
    del healthy["pytest"]
    publish = found("extra publish")
    assert publish.ok is None
    assert publish.detail == "google-auth-oauthlib missing"
    assert publish.mend is not None
    assert publish.mend.endswith("'.[publish]'")
    assert found("extra dev").mend == "make setup-dev"
    assert doctor.main() == 0


def test_two_opencvs_spoil_each_other(healthy: dict[str, str]) -> None:
    healthy["opencv-python-headless"] = "5"
    assert found("one OpenCV").ok is False


def test_headers_matter_only_until_everything_is_built(
    healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "debian_needs", lambda: [_need(met=False)])
    assert found("cairo headers").ok is None
    del healthy["pycairo"]
    missing = found("cairo headers")
    assert missing.ok is False
    assert missing.mend is not None
    assert missing.mend.endswith("apt-get install --no-install-recommends libcairo2-dev")


def test_the_tests_browser_matters_where_there_are_tests(
    healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Need("Chromium", ("chromium",), lambda: False, False, True)
    monkeypatch.setattr(bootstrap, "testing_needs", lambda: [browser])
    missing = found("Chromium")
    assert missing.ok is None
    assert missing.mend is not None
    assert missing.mend.endswith("apt-get install --no-install-recommends chromium")
    del healthy["selenium"]
    assert not [finding for finding in doctor.examine() if finding.name == "Chromium"]


def test_libraries_matter_always(healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "debian_needs", lambda: [_need(met=False, building=False)])
    assert found("cairo headers").ok is False


def test_lost_font_files_are_noticed(healthy: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "fontpkg_hind_siliguri/files/a.ttf").unlink()
    assert found("fonts").ok is False


def test_one_voice_is_enough(
    healthy: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_unreachable", lambda url, seconds: "no route")
    assert found("voice gTTS") == Finding("voice gTTS", None, "does not answer (no route)")
    assert found("voice espeak").ok is True
    (tmp_path / "espeakng_loader/espeak-ng-data").unlink()
    assert found("voice espeak").ok is False
    monkeypatch.setattr(doctor, "_unreachable", lambda url, seconds: None)
    assert found("voice espeak").ok is None


def test_an_ffmpeg_that_does_not_run_is_none(
    healthy: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found("ffmpeg").detail == "ffmpeg version 9"
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    assert found("ffmpeg").ok is False


def test_a_folder_that_does_not_exist_yet_is_fine(tmp_path: Path) -> None:
    assert doctor._folder("cache", tmp_path / "a/b/c", "").ok is not None
    assert not (tmp_path / "a").exists()


def test_a_file_in_the_way_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert doctor._folder("cache", tmp_path / "file/cache", "move it").ok is False


def test_a_full_disk_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ENOUGH_DISK", 2**80)
    finding = doctor._folder("build", tmp_path, "move it")
    assert finding.ok is False
    assert "are needed" in finding.detail


def test_the_cache_is_looked_for_where_it_will_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_CACHE_DIR", str(tmp_path / "mine"))
    assert doctor._cache_dir() == tmp_path / "mine"
    monkeypatch.delenv("CNNVIZ_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with_package = doctor._cache_dir()
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    if sys.platform.startswith("linux"):
        assert doctor._cache_dir() == with_package == tmp_path / "cnnviz"


def test_without_a_screen_xvfb_is_recommended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    finding = doctor._display()
    assert finding.ok is None
    assert finding.mend is not None
    assert finding.mend.endswith(" xvfb")
    monkeypatch.setenv("DISPLAY", ":7")
    assert doctor._display() == Finding("display", True, "DISPLAY=:7")


@pytest.mark.skipif(find_spec("cv2") is None, reason="nothing compiled is installed")
def test_a_package_that_cannot_load_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "COMPILED", ("json",))
    assert installed.loading([])[0].ok is True
    failed = subprocess.CompletedProcess(["python"], 1, "", "Traceback\nImportError: libGL.so.1\n")
    monkeypatch.setattr(installed, "ask", lambda *command: failed)
    (finding,) = installed.loading([])
    assert finding[:3] == ("import json", False, "ImportError: libGL.so.1")


# The report ---------------------------------------------------------------------------------


def test_the_report_is_aligned_and_offers_a_remedy_only_where_one_is_needed() -> None:
    text = doctor.report(
        [
            Finding("Python", True, "3.11", "never shown"),
            Finding("camera", None, "none"),
            Finding("GL", False, "missing", "apt-get install libgl1"),
        ]
    )
    assert text.splitlines() == [
        "ok  Python  3.11",
        "--  camera  none",
        "NO  GL      missing → apt-get install libgl1",
        "",
        "1 of these must be mended first",
    ]


# The network --------------------------------------------------------------------------------


class _Refuses(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(405)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Refuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_refusal_is_an_answer(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_GTTS_URL", service)
    assert doctor._gtts_url() == service
    assert doctor._unreachable(service, seconds=3) is None


def test_silence_is_waited_for_no_longer_than_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        reason = doctor._unreachable(url, seconds=0.2)
    assert reason is not None


def test_an_address_that_is_none_is_a_reason() -> None:
    assert doctor._unreachable("nonsense", seconds=3) is not None


# A bare machine -----------------------------------------------------------------------------


def test_it_runs_where_nothing_is_installed() -> None:
    result = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            "import sys; from cnnviz import doctor; sys.exit(doctor.main())",
        ],
        cwd=HOUSE,
        env={**os.environ, "PYTHONPATH": "", "CNNVIZ_GTTS_URL": "http://127.0.0.1:9"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == ""
    assert "NO  manim" in result.stdout
    assert "→ make setup" in result.stdout
