// The search: opens with `/`, finds while one types, is driven by the keyboard alone. The index is loaded when it is
// opened for the first time.
"use strict";

const shown = 60;
const prefixes = { c: "command", v: "event", t: "type" };

const search = {
  dialog: null,
  input: null,
  list: null,
  status: null,
  documents: null,
  active: -1,
};

// One name for `query-block`, `query_block` and `QUERY_BLOCK`.
const plain = (text) => text.toLowerCase().replaceAll("_", "-");

// Everything that can be found: its name, what it belongs to, its address and its words.
function documents({ subjects, entries }) {
  const all = [];
  for (const [letter, kind, name, summary, text, subject, parts] of entries) {
    const address = `${subjects[subject][0]}.html#${prefixes[letter]}-${name}`;
    const weight = { c: 3, v: 2, t: 1 }[letter];
    all.push({ name, key: plain(name), kind, letter, summary, text, words: plain(text), address, weight });
    for (const [part, words] of parts) {
      all.push({
        name: part,
        key: plain(part),
        kind: "of",
        owner: name,
        ownerKey: plain(name),
        letter: "m",
        summary: words,
        text: words,
        words: plain(words),
        address: `${address}.${part}`,
        weight: 0,
      });
    }
  }
  for (const [slug, title, text] of subjects) {
    const address = `${slug}.html`;
    all.push({ name: title, key: plain(title), kind: "subject", letter: "s", summary: text, text, words: plain(text), address, weight: 2 });
  }
  return all;
}

// How well a document answers to one word; 0 is not at all.
function answers(one, word) {
  const isPart = one.letter === "m";
  if (one.key === word) return isPart ? 600 : 1000;
  if (isPart && `${one.ownerKey}.${one.key}` === word) return 1000;
  const at = one.key.indexOf(word);
  if (at === 0) return isPart ? 200 : 500;
  if (at > 0) return (one.key[at - 1] === "-" ? 300 : 120) / (isPart ? 3 : 1);
  if (isPart && one.ownerKey.includes(word)) return 40;
  const found = one.words.indexOf(word);
  if (found < 0) return 0;
  return found === 0 || /[^a-z0-9]/.test(one.words[found - 1]) ? 20 : 5;
}

function find(all, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = [];
  for (const one of all) {
    let score = 0;
    for (const word of words) {
      const own = answers(one, word);
      if (own === 0) {
        score = 0;
        break;
      }
      score += own;
    }
    if (score === 0) continue;
    // The same letters first, then commands before events before types, then the shorter name.
    if (one.name === query.trim()) score += 50;
    found.push([score + one.weight, one]);
  }
  found.sort(([a, x], [b, y]) => b - a || x.name.length - y.name.length || (x.address < y.address ? -1 : 1));
  return found.map(([, one]) => one);
}

// A piece of a document's text around the first word that is looked for, or its beginning.
function excerpt(one, words) {
  const hits = words.map((word) => one.words.indexOf(word)).filter((at) => at >= 0);
  const at = hits.length ? Math.min(...hits) : 0;
  const begin = at > 60 ? one.text.indexOf(" ", at - 50) + 1 : 0;
  const text = begin > 0 ? `… ${one.text.slice(begin)}` : one.letter === "s" ? one.text : one.summary;
  return text.slice(0, 150);
}

function marked(text, words) {
  const holder = make("span", {});
  const key = plain(text);
  let from = 0;
  while (from < text.length) {
    let next = text.length;
    let length = 0;
    for (const word of words) {
      const at = key.indexOf(word, from);
      if (at >= 0 && at < next) [next, length] = [at, word.length];
    }
    holder.append(text.slice(from, next));
    if (length) holder.append(make("mark", {}, text.slice(next, next + length)));
    from = next + length;
  }
  return holder;
}

function option(one, at, words) {
  const name = make("span", { class: `name ${one.letter}` }, marked(one.name, words));
  const head = make("span", { class: "head" }, name);
  head.append(make("span", { class: "kind" }, one.owner ? `of ${one.owner}` : one.kind));
  const text = make("span", { class: "excerpt" }, marked(excerpt(one, words), words));
  const attributes = { id: `found-${at}`, role: "option", "aria-selected": "false", "data-address": one.address };
  return make("li", attributes, head, text);
}

function show() {
  const query = search.input.value;
  const words = plain(query).split(/\s+/).filter(Boolean);
  const found = search.documents ? find(search.documents, query) : [];
  search.list.replaceChildren(...found.slice(0, shown).map((one, at) => option(one, at, words)));
  const more = found.length > shown ? `, the first ${shown} are shown` : "";
  if (!search.documents) search.status.textContent = "Reading the index";
  else if (words.length === 0) search.status.textContent = "Names, members, values and words";
  else search.status.textContent = found.length === 1 ? "1 result" : `${found.length} results${more}`;
  search.input.setAttribute("aria-expanded", String(found.length > 0));
  choose(found.length ? 0 : -1);
}

function choose(at) {
  const options = search.list.children;
  options[search.active]?.setAttribute("aria-selected", "false");
  search.active = at;
  const option = options[at];
  if (!option) return search.input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  search.input.setAttribute("aria-activedescendant", option.id);
}

function go(option) {
  if (!option) return;
  search.dialog.close();
  location.href = option.dataset.address;
}

function keys(event) {
  const count = search.list.children.length;
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (event.key in moves && count) {
    event.preventDefault();
    const to = search.active + moves[event.key];
    const step = Math.abs(moves[event.key]);
    choose(step === 1 ? (to + count) % count : Math.min(Math.max(to, 0), count - 1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    go(search.list.children[search.active]);
  }
}

function build() {
  search.input = make("input", {
    type: "text",
    inputmode: "search",
    role: "combobox",
    "aria-label": "Search the reference",
    "aria-controls": "found",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "blockdev-add, SHUTDOWN, cache-size …",
  });
  search.list = make("ul", { id: "found", role: "listbox", "aria-label": "Results" });
  search.status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const help = make("p", { class: "help", "aria-hidden": "true" });
  for (const [key, what] of [["↑↓", "choose"], ["↵", "go there"], ["esc", "close"]]) {
    help.append(make("kbd", {}, key), ` ${what} `);
  }
  search.dialog = make("dialog", { class: "search", "aria-label": "Search" }, search.input, search.list);
  search.dialog.append(make("div", { class: "foot" }, search.status, help));
  search.input.addEventListener("input", show);
  search.input.addEventListener("keydown", keys);
  search.list.addEventListener("click", (event) => go(event.target.closest("li")));
  // A click beside it closes it.
  search.dialog.addEventListener("click", (event) => {
    if (event.target === search.dialog) search.dialog.close();
  });
  document.body.append(search.dialog);
}

async function openSearch() {
  if (!search.dialog) build();
  if (search.dialog.open) return;
  search.dialog.showModal();
  search.input.select();
  show();
  if (search.documents) return;
  try {
    await load("assets/index.js");
  } catch (error) {
    search.status.textContent = error.message;
    return;
  }
  search.documents = documents(reference.index);
  show();
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".open-search")) openSearch();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    openSearch();
  }
});
