"""The page in a real browser, opened from the disk as a teacher opens it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import srt
from boards import board
from chromium import Browser, chromium
from pictures import check_pictures, compare
from selenium.webdriver.common.keys import Keys
from tiny import Project

from cnnviz.review.storyboard.page import page

BEATS = ["first.shown", "first.summed", "first.moved", "second.drawn", "second.turned"]
NEXT_TO_NOTHING = 3  # pixels


@pytest.fixture(scope="module")
def bundle(_finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with a film and a page with findings."""
    folder = tmp_path_factory.mktemp("bundle")
    project = Project(_finished / "project")
    shutil.copytree(project.bundle, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_CACHE_DIR", str(_finished / "cache"))
        html = page(board(project, folder))
    (folder / "storyboard.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(_chromium: Browser, bundle: Path) -> Iterator[Browser]:
    """A browser that has just opened the page; what a test changes is undone."""
    _chromium.open((bundle / "storyboard.html").as_uri())
    yield _chromium
    _chromium.emulate("clearDeviceMetricsOverride")
    _chromium.emulate("setEmulatedMedia", features=[])
    _chromium.ask("try { localStorage.clear() } catch {}")


def test_it_opens_without_errors_and_asks_for_nothing_but_the_film(
    browser: Browser, bundle: Path
) -> None:
    browser.wait("return document.querySelector('video').readyState > 0")
    browser.wait("return [...document.images].every(i => i.complete && i.naturalWidth === 640)")
    browser.wait("return document.fonts.status === 'loaded'")
    assert set(browser.requests()) == {
        (bundle / name).as_uri() for name in ("storyboard.html", "episode.mp4")
    }
    assert browser.complaints() == []
    assert browser.visible() == BEATS


def test_the_film_is_in_the_font_that_the_page_brings(browser: Browser) -> None:
    browser.wait("return document.fonts.check('16px \"Hind Siliguri\"', 'ক্ষ')")
    fonts = browser.ask("return [...document.fonts].map(f => [f.family, f.status])")
    assert fonts == [["Hind Siliguri", "loaded"]]


def test_space_plays_the_sound_of_the_beat_and_one_at_a_time(browser: Browser) -> None:
    browser.ask(
        "window.heard = {}; document.addEventListener('timeupdate', e => {"
        "heard[e.target.closest('article')?.id] = e.target.currentTime }, true)"
    )
    browser.press("j")
    browser.press(" ")
    browser.wait("return heard['first.shown'] > 0.1")
    browser.press("j")
    browser.press(" ")
    browser.wait("return heard['first.summed'] > 0.1")
    playing = "return [...document.querySelectorAll('audio')].filter(a => !a.paused).length"
    assert browser.ask(playing) <= 1
    lengths = browser.ask("return [...document.querySelectorAll('audio')].map(a => a.duration)")
    assert lengths[:2] == pytest.approx([0.5, 0.8], abs=0.1)
    assert browser.complaints() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("যোগফল", ["first.summed"]),
        ("turn second", ["second.turned"]),
        ("SECOND", BEATS[3:]),
        ("first/moved", []),
        ("দ্বিতীয় দৃশ্য", BEATS[3:]),  # a decomposed letter, as some keyboards type it
        ("caption-speed", ["first.summed"]),
        ("−3", ["first.shown", "first.summed", "first.moved"]),
    ],
)
def test_the_search_leaves_what_has_all_the_words(
    browser: Browser, typed: str, found: list[str]
) -> None:
    browser.find("#search").send_keys(typed)
    assert browser.visible() == found
    assert browser.find("#matches").text == f"5টি বিটের মধ্যে {len(found)}টি"
    titles = [one.text for one in browser.all(".scene h2") if one.is_displayed()]
    assert len(titles) == len({beat.split(".")[0] for beat in found})


def test_only_what_is_to_be_mended(browser: Browser) -> None:
    browser.find("#only-findings").click()
    assert browser.visible() == ["first.summed"]
    [finding] = [one.text for one in browser.all("article .findings li") if one.is_displayed()]
    assert "24 signs at once </script><script>alert(1)</script> — shorten it" in finding
    assert "bn.yaml:12" in finding
    browser.find("#only-findings").click()
    assert browser.visible() == BEATS
    assert "only 1 chapter" in browser.find("#whole").text
    assert "<b>bold</b>" in browser.find("#second .heading").text


def test_a_chapter_is_jumped_to_even_if_the_search_has_hidden_it(browser: Browser) -> None:
    browser.find("#search").send_keys("যোগফল")
    browser.find("nav a[href='#second']").click()
    assert browser.visible() == BEATS
    browser.wait(
        "const box = document.querySelector('#second').getBoundingClientRect();"
        "return box.top < innerHeight && box.bottom > 0"
    )
    browser.wait("return document.activeElement.id === 'second-title'")


def test_the_film_plays_from_a_beat_and_a_chapter(browser: Browser) -> None:
    button = browser.find("[id='second.drawn'] [data-seek]")
    start = float(button.get_attribute("data-seek") or 0)
    assert start > 1
    button.click()
    browser.wait("return document.querySelector('video').currentTime > arguments[0] + 0.1", start)
    chapter = browser.find(".jumps [data-seek]")
    chapter.click()
    browser.wait(
        "const now = document.querySelector('video').currentTime;"
        "return now > 0.05 && now < arguments[0]",
        start,
    )
    browser.wait("return document.querySelector('.jumps [aria-current=true]') !== null")
    assert chapter.text.endswith("প্রথম দৃশ্য")


def test_the_film_has_its_captions_in_both_languages(browser: Browser, bundle: Path) -> None:
    tracks = browser.ask(
        "return [...document.querySelector('video').textTracks].map(t => {"
        "const mode = t.mode; t.mode = 'showing';"
        "const cues = [...t.cues].map(c => [c.startTime, c.text]); t.mode = mode;"
        "return [t.language, mode, cues] })"
    )
    assert [(language, mode) for language, mode, _ in tracks] == [
        ("bn", "showing"),
        ("en", "disabled"),
    ]
    for language, _, cues in tracks:
        written = (bundle / f"captions.{language}.srt").read_text(encoding="utf-8")
        assert cues == [[c.start.total_seconds(), c.content] for c in srt.parse(written)]


def test_keys_move_between_the_beats_that_are_left(browser: Browser) -> None:
    def here() -> str:
        return str(browser.ask("return document.activeElement.id"))

    browser.press("/")
    assert here() == "search"
    browser.press("jk second /")
    assert browser.find("#search").get_attribute("value") == "jk second /"
    assert browser.visible() == []
    browser.press(Keys.ESCAPE)
    assert browser.visible() == BEATS
    browser.press("second")
    browser.ask("document.activeElement.blur()")
    for key, place in (("j", BEATS[3]), ("j", BEATS[4]), ("j", BEATS[4]), ("k", BEATS[3])):
        browser.press(key)
        assert here() == place
        assert 0 <= browser.ask("return document.activeElement.getBoundingClientRect().top") < 900


def test_a_bengali_keyboard_moves_too(browser: Browser) -> None:
    browser.ask(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'র', code: 'KeyJ', bubbles: true}))"
    )
    assert browser.ask("return document.activeElement.id") == BEATS[0]


def test_light_and_dark(browser: Browser) -> None:
    def ground() -> int:
        colour = browser.ask("return getComputedStyle(document.body).backgroundColor")
        return int(colour.removeprefix("rgb(").split(",")[0])

    dark = {"name": "prefers-color-scheme", "value": "dark"}
    assert ground() > 200
    browser.emulate("setEmulatedMedia", features=[dark])
    assert ground() < 60
    switch = browser.find("#dark")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert ground() > 200
    browser.driver.refresh()
    assert ground() > 200, "the choice is forgotten"


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser) -> None:
    browser.emulate(
        "setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=2, mobile=True
    )
    browser.ask("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert browser.ask("return document.documentElement.scrollWidth") == 360
    wide = browser.ask(
        "return [...document.querySelectorAll('body *')].filter(e => e.offsetParent"
        " && !e.closest('.wide, .skip') && e.getBoundingClientRect().right > 361)"
        ".map(e => e.tagName)"
    )
    assert wide == []


def test_everything_has_a_name_and_a_place(browser: Browser) -> None:
    controls = browser.all("audio, video, button, input, img, a, summary, article, nav, form")
    assert len(controls) > 30
    nameless = [
        one.tag_name
        for one in controls
        if one.tag_name not in ("video", "form") and not one.accessible_name.strip()
    ]
    assert nameless == []
    assert {one.aria_role for one in browser.all("main, nav, header, form")} == {
        "main",
        "navigation",
        "banner",
        "search",
    }
    assert [one.tag_name for one in browser.all("h1")] == ["h1"]
    assert browser.ask("return document.documentElement.lang") == "bn"
    assert browser.find("[id='first.shown'] [lang=en]").text == "This is the feature map."
    assert browser.find("#matches").get_attribute("aria-live") == "polite"
    browser.press(Keys.TAB)
    assert browser.ask("return document.activeElement.className") == "skip"


def test_numbers_are_folded_away_and_written_out(browser: Browser) -> None:
    details = browser.find("[id='first.summed'] details")
    assert not details.get_attribute("open")
    details.find_element("css selector", "summary").click()
    assert "1 + (−2) + 0 + (−2) = −3" in details.text


WORDS = "ক্ষুদ্র কার্নেল, সূক্ষ্ম বৈশিষ্ট্য; স্ট্রাইড −4, দৃষ্টি"


def words_drawn(browser: Browser) -> object:
    line = browser.find("[id='first.shown'] .own")
    browser.ask(
        "arguments[0].textContent = arguments[1];"
        "arguments[0].style.cssText = 'width: 480px; height: 40px; margin: 0'",
        line,
        WORDS,
    )
    browser.wait("return document.fonts.status === 'loaded'")
    return browser.picture(line)


def test_bengali_looks_as_in_the_stored_pictures(browser: Browser) -> None:
    shaped = words_drawn(browser)
    check_pictures("storyboard-words", {"words": shaped})
    if "CNNVIZ_SET_PICTURES" in os.environ:
        return
    browser.ask(
        "document.querySelector('[id=\"first.shown\"] .own').style.fontFeatureSettings ="
        '\'"akhn" 0, "half" 0, "pres" 0, "blws" 0, "vatu" 0, "cjct" 0\''
    )
    broken = browser.picture(browser.find("[id='first.shown'] .own"))
    assert compare(shaped, broken).is_seen
