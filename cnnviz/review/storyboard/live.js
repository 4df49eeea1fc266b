"use strict";
(() => {
  let version = document.currentScript.dataset.version;
  const problem = document.querySelector("#problem");

  function say(text) {
    problem.hidden = !text;
    if (problem.textContent !== text) problem.textContent = text;
  }

  const partsOf = (within) => [...within.querySelectorAll("[data-part]")];

  // As it came: players and open details change what stands in a part.
  const served = new Map(partsOf(document).map((part) => [part, part.innerHTML]));

  // Only parts that differ are exchanged, so that a playing sound goes on.
  function exchangePart(part, fresh) {
    const html = fresh.innerHTML;
    if (served.get(part) === html) return;
    served.set(part, html);
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.innerHTML = html;
    part.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? false; });
  }

  function exchangeBeats(old, fresh) {
    const newer = partsOf(fresh);
    partsOf(old).forEach((part, index) => exchangePart(part, newer[index]));
    const articles = [...fresh.querySelectorAll("article")];
    old.querySelectorAll("article").forEach((article, index) => {
      article.toggleAttribute("data-findings", articles[index].hasAttribute("data-findings"));
    });
  }

  const top = (beat) => beat.getBoundingClientRect().top;

  // The beat that the eyes are on: the one in use, else the first that can be seen.
  function beatInView() {
    const beats = [document.activeElement?.closest("article"), ...document.querySelectorAll("article")];
    const inView = (one) => one?.getBoundingClientRect().bottom > 0 && top(one) < innerHeight;
    return beats.find(inView)?.id;
  }

  // The browser's own way, where it has one, would do this a second time.
  document.documentElement.style.overflowAnchor = "none";

  function keepingPlace(change) {
    const id = beatInView();
    const before = id && top(document.getElementById(id));
    change();
    const beat = id && document.getElementById(id);
    if (beat) scrollBy({ top: top(beat) - before, behavior: "instant" });
  }

  const ids = (within) => [...within.querySelectorAll("article")].map((one) => one.id).join();

  function exchange(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const place = document.activeElement?.closest("article")?.id;
    document.title = fresh.title;
    for (const part of fresh.querySelectorAll("[data-part][id]")) {
      exchangePart(document.getElementById(part.id), part);
    }
    const beats = document.querySelector("#beats");
    const newBeats = fresh.querySelector("#beats");
    if (ids(beats) === ids(newBeats)) {
      exchangeBeats(beats, newBeats);
    } else {
      beats.innerHTML = newBeats.innerHTML;
      for (const part of partsOf(beats)) served.set(part, part.innerHTML);
      document.getElementById(place)?.focus({ preventScroll: true });
    }
    window.storyboard.refresh();
  }

  async function update(wanted) {
    const answer = await fetch("/", { cache: "no-store" });
    const html = await answer.text();
    keepingPlace(() => exchange(html));
    version = wanted;
  }

  const events = new EventSource("/events");
  let told = Promise.resolve();
  events.onmessage = (event) => {
    const news = JSON.parse(event.data);
    told = told.then(async () => {
      if (news.version !== version) await update(news.version);
      say(news.problem);
    }).catch(() => {}); // the server has gone; when it is back, it tells again
  };
})();
