"""A real Chromium without a window, and what it has asked the network for."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement

__all__ = ["Browser", "chromium"]

PATIENCE = 30.0
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # root may not have one
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--mute-audio",
    "--force-prefers-reduced-motion",  # what moves smoothly is missed by a click
    "--window-size=1200,900",
)


class Browser:
    """Chromium with one page, and short ways to ask about it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(address)

    def ask(self, script: str, *arguments: Any) -> Any:
        """What a piece of JavaScript returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[WebElement]:
        return list(self.driver.find_elements("css selector", selector))

    def press(self, keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(keys)

    def wait(self, question: str | Callable[[], object], *arguments: Any) -> None:
        """Wait until a question, JavaScript or a function, is answered with yes."""
        until = time.monotonic() + PATIENCE
        while not (self.ask(question, *arguments) if isinstance(question, str) else question()):
            if time.monotonic() > until:
                pytest.fail(f"never came true: {question}; {self.complaints()}")
            time.sleep(0.05)

    def emulate(self, command: str, **settings: Any) -> None:
        self.driver.execute_cdp_cmd(f"Emulation.{command}", settings)

    def visible(self) -> list[str]:
        """The beats that can be seen."""
        shown = "return [...document.querySelectorAll('article')].filter(a => a.offsetParent)"
        return list(self.ask(f"{shown}.map(a => a.id)"))

    def picture(self, element: WebElement) -> NDArray[np.uint8]:
        """An element as it looks, (H, W, 3)."""
        png = np.frombuffer(element.screenshot_as_png, np.uint8)
        return np.asarray(cv2.imdecode(png, cv2.IMREAD_COLOR)[..., ::-1])

    def complaints(self) -> list[str]:
        """What the console has heard since the page was opened, and forgets now."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """What was fetched since the page was opened, less what stands in the page itself."""
        events = [
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        ]
        addresses = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return [one for one in addresses if not one.startswith(("data:", "blob:", "about:"))]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Chromium with its profile in `folder`."""
    program, control = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or control is None:
        pytest.fail("chromium and chromium-driver are missing; `make setup-dev` installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in (*OPTIONS, f"--user-data-dir={folder}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    # Without any font of the machine, it draws not even what the page's own font could write.
    with_fonts = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    driver = webdriver.Chrome(options=options, service=Service(control, env=with_fonts))
    driver.execute_cdp_cmd("Network.enable", {})
    try:
        yield Browser(driver)
    finally:
        driver.quit()
