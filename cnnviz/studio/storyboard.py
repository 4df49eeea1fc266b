"""The storyboard: every beat's still, words and numbers on one page that needs no network."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from cnnviz.files import write_text
from cnnviz.font_files import FAMILY, font_files
from cnnviz.script.timeline import Slot
from cnnviz.studio.build import Film
from cnnviz.studio.last_pictures import last_picture, take_last_picture
from cnnviz.studio.production import Production
from cnnviz.studio.segments import Segment, kept

__all__ = ["write_storyboard"]

STYLE = """
:root { color-scheme: light dark; --line: #8885; }
body { font: 16px/1.5 "Hind Siliguri", "Noto Sans Bengali", system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1rem; }
article { display: grid; grid-template-columns: minmax(0, 20rem) 1fr; gap: 1rem;
  border-top: 1px solid var(--line); padding: 1rem 0; }
img { width: 100%; height: auto; }
p { margin: 0 0 .5rem; }
.place { opacity: .7; font-size: .875rem; }
td, th { padding-right: 1rem; text-align: left; font-size: .875rem; vertical-align: top; }
@media (max-width: 40rem) { article { grid-template-columns: 1fr; } }
"""


def write_storyboard(production: Production, film: Film, path: Path) -> None:
    """Write the page to `path`; stills are the last frames of the film's segments."""
    script = production.script
    parts = [
        f'<!doctype html><html lang="{script.language}"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(script.title)}</title><style>{_font_face()}{STYLE}</style>",
        f"<h1>{escape(script.title)}</h1>",
    ]
    scene = None
    for slot, segment in zip(production.slots, film.segments, strict=True):
        if slot.scene != scene:
            scene = slot.scene
            parts.append(f'<h2 id="{scene}">{escape(script.scene(scene).title)}</h2>')
        parts.append(_beat(production, slot, segment))
    write_text(path, "\n".join(parts) + "\n")


def _font_face() -> str:
    """The film's font inside the page: not every reader's machine can show Bengali."""
    regular = next(path for path in font_files() if path.stem.endswith("-Regular"))
    data = base64.b64encode(regular.read_bytes()).decode()
    return f'@font-face {{ font-family: "{FAMILY}"; src: url(data:font/ttf;base64,{data}); }}'


def _beat(production: Production, slot: Slot, segment: Segment) -> str:
    texts = "".join(
        f'<p lang="{language}">{escape(production.text(slot, language))}</p>'
        for language in production.scripts
    )
    spoken = [entry.as_json() for entry in production.spoken_numbers(slot)]
    fps = production.quality.fps
    place = f"{slot.scene} / {slot.beat} · {slot.start / fps:.1f} s · {slot.frames / fps:.1f} s"
    return (
        f'<article id="{slot.scene}.{slot.beat}">'
        f'<img loading="lazy" alt="{escape(slot.beat)}" src="{_still(segment)}"><div>'
        f'<p class="place">{place}</p>{texts}{_numbers([*spoken, *segment.ledger])}'
        "</div></article>"
    )


def _numbers(entries: Iterable[dict[str, Any]]) -> str:
    rows = dict.fromkeys((entry["shown"], entry["op"]) for entry in entries)
    if not rows:
        return ""
    cells = "".join(f"<tr><td>{escape(shown)}</td><td>{op}</td></tr>" for shown, op in rows)
    return f"<details><summary>{len(rows)} numbers</summary><table>{cells}</table></details>"


def _still(segment: Segment) -> str:
    """The segment's last frame as a data address."""
    still = kept(last_picture(segment), lambda path: take_last_picture(segment.path, path))
    return "data:image/jpeg;base64," + base64.b64encode(still.read_bytes()).decode()
