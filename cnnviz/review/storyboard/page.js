"use strict";
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const search = find("#search");
  const onlyFindings = find("#only-findings");
  const matches = find("#matches");

  // Bengali letters with a dot are typed in one code point or in two.
  const plain = (text) => text.normalize("NFC").toLocaleLowerCase();

  function textOf(article) {
    const own = all(".searched", article).map((part) => part.textContent);
    const title = find("h2", article.closest(".scene"));
    return plain([title.textContent, ...own].join(" "));
  }

  function filter() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const articles = all("article");
    for (const article of articles) {
      const text = words.length ? textOf(article) : "";
      const wanted = words.every((word) => text.includes(word));
      article.hidden = !wanted || (onlyFindings.checked && !("findings" in article.dataset));
    }
    for (const scene of all(".scene")) {
      scene.hidden = all("article", scene).every((article) => article.hidden);
    }
    const count = articles.filter((article) => !article.hidden).length;
    const said = matches.dataset.text.replace("{count}", count).replace("{all}", articles.length);
    if (matches.textContent !== said) matches.textContent = said;
  }

  search.addEventListener("input", filter);
  onlyFindings.addEventListener("change", filter);
  find("#search-form").addEventListener("submit", (event) => event.preventDefault());

  // A link to what the search has hidden would lead nowhere.
  function show(id) {
    const target = document.getElementById(id);
    if (!target?.closest("[hidden]") && !(target && find("[hidden]", target))) return;
    search.value = "";
    onlyFindings.checked = false;
    filter();
    target.scrollIntoView();
  }
  const shown = () => show(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", shown);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const id = decodeURIComponent(link.hash.slice(1));
    show(id);
    // After the browser has followed the link, which takes the focus away.
    setTimeout(() => document.getElementById(`${id}-title`)?.focus({ preventScroll: true }));
  });

  // The film.
  const film = () => find("video");

  function addCaptions() {
    const video = film();
    const cues = find("#cues");
    if (!video || !cues || video.textTracks.length) return;
    const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
    // Tracks from files are forbidden to pages that were opened from the disk.
    for (const [language, lines] of Object.entries(JSON.parse(cues.textContent))) {
      const track = video.addTextTrack("captions", names.of(language), language);
      for (const [start, end, text] of lines) track.addCue(new VTTCue(start, end, text));
      track.mode = language === document.documentElement.lang ? "showing" : "disabled";
    }
    video.addEventListener("timeupdate", markChapter);
  }

  function markChapter() {
    const jumps = all(".jumps [data-seek]");
    const now = jumps.findLast((jump) => Number(jump.dataset.seek) <= film().currentTime + 0.01);
    for (const jump of jumps) jump.setAttribute("aria-current", String(jump === now));
  }

  document.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-seek]");
    if (!jump || !film()) return;
    film().currentTime = Number(jump.dataset.seek);
    if (jump.closest("article")) film().scrollIntoView({ block: "nearest" });
    film().play().catch(() => {}); // a browser that forbids it has said so already
  });

  // One sound at a time.
  document.addEventListener("play", (event) => {
    for (const other of all("audio, video")) if (other !== event.target) other.pause();
  }, true);

  // The keyboard.
  const TYPING = "input, textarea, select, [contenteditable]";
  const PRESSED = `${TYPING}, button, a, summary, audio, video`;

  function currentBeat() {
    return document.activeElement?.closest("article") ?? null;
  }

  function move(step) {
    const beats = all("article:not([hidden])");
    const at = beats.indexOf(currentBeat());
    const next = at < 0 ? nearest(beats) : beats[at + step];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }

  const nearest = (beats) => beats.find((beat) => beat.getBoundingClientRect().bottom > 40);

  function toggleSound() {
    const sound = currentBeat() && find("audio", currentBeat());
    if (!sound) return false;
    if (sound.paused) sound.play(); else sound.pause();
    return true;
  }

  // By its place, too, where a Bengali layout has it give another sign.
  function isKey(event, sign, code) {
    return event.key === sign || (event.code === code && event.key > "\u007f");
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target === search && event.key === "Escape") {
      search.value = "";
      filter();
      return;
    }
    if (event.target.closest?.(TYPING)) return;
    if (isKey(event, "/", "Slash")) search.focus();
    else if (isKey(event, "j", "KeyJ")) move(1);
    else if (isKey(event, "k", "KeyK")) move(-1);
    else if (event.key !== " " || event.target.closest?.(PRESSED) || !toggleSound()) return;
    event.preventDefault();
  });

  // Light and dark.
  const dark = find("#dark");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const remembered = (() => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  })();
  if (remembered) root.dataset.theme = remembered;
  const tellTheme = () => dark.setAttribute("aria-pressed", String(isDark()));
  dark.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window */ }
    tellTheme();
  });
  system.addEventListener("change", tellTheme);
  tellTheme();

  // What `watch` has exchanged needs this again.
  function refresh() {
    addCaptions();
    filter();
  }
  window.storyboard = { refresh };
  refresh();
})();
