// What pages can do with scripts: types unfold where they are used, JSON is copied, ids are found on other pages.
"use strict";

// Filled by the scripts that are loaded when they are needed.
const reference = { types: {}, index: null };

// The pages are made of this function's elements and of text, never of strings that are parsed.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const loading = {};
function load(path) {
  loading[path] ??= new Promise((resolve, reject) => {
    const script = make("script", { src: path });
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} cannot be read`));
    document.head.append(script);
  });
  return loading[path];
}

// What a type consists of: markup that was made, and escaped, with the pages.
async function content(link) {
  const slug = link.dataset.in;
  try {
    await load(`types/${slug}.js`);
  } catch (error) {
    return { kind: "", nodes: make("p", {}, error.message) };
  }
  const [kind, markup] = reference.types[slug][link.hash.slice(1)];
  const holder = make("template", {});
  holder.innerHTML = markup;
  enhance(holder.content);
  return { kind, nodes: holder.content };
}

// A button before every type that can be unfolded.
function enhance(root) {
  for (const link of root.querySelectorAll("a.ty[data-in]")) {
    const label = `Unfold ${link.textContent}`;
    link.before(make("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": label }));
  }
  for (const box of root.querySelectorAll("details:has(> .branch > .as > [data-open])")) {
    box.addEventListener("toggle", () => fillBranch(box), { once: true });
  }
  for (const title of root.querySelectorAll(".panel > .title")) {
    title.after(make("button", { type: "button", class: "copy" }, "Copy"));
  }
}

async function fillBranch(box) {
  const link = box.querySelector(":scope > .branch > .as > [data-open]");
  const { nodes } = await content(link);
  box.querySelector(":scope > .branch").append(nodes);
}

async function unfold(button) {
  const row = button.closest("dd, .returned, dl.rows > div");
  const link = button.nextElementSibling;
  if (button.getAttribute("aria-expanded") === "true") {
    button.unfolded.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  button.setAttribute("aria-expanded", "true");
  const { kind, nodes } = await content(link);
  if (button.getAttribute("aria-expanded") !== "true") return;
  const head = make("p", { class: "unfolded-name" });
  const name = make("a", { href: link.href }, link.textContent);
  head.append(`${kind} `, name);
  button.unfolded = make("div", { class: "unfolded", role: "group", "aria-label": link.textContent }, head, nodes);
  (row.querySelector(":scope > dd") ?? row).append(button.unfolded);
}

async function copy(button) {
  const text = button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("qapi-theme", root.dataset.theme);
  } catch {
    // It then lasts as long as the page.
  }
}

// The page and id of a definition or member, wherever it is: `index.html#command-stop` leads there.
async function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id) return;
  const target = document.getElementById(id);
  if (target) {
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
    return;
  }
  const found = /^(command|event|type)-([^.:=]+)/.exec(id);
  if (!found) return;
  await load("assets/index.js");
  const letter = { command: "c", event: "v", type: "t" }[found[1]];
  // Names with a domain have dots in them: the longest that fits is meant.
  const rest = id.slice(found[1].length + 1);
  const fits = reference.index.entries.filter(
    ([kind, , name]) => kind === letter && (rest === name || /^[.:=]/.test(rest.slice(name.length))) && rest.startsWith(name),
  );
  const best = fits.sort((a, b) => b[2].length - a[2].length)[0];
  if (best) location.replace(`${reference.index.subjects[best[5]][0]}.html#${id}`);
}

function openOutline() {
  const outline = document.querySelector(".outline details");
  if (!outline) return;
  const wide = matchMedia("(min-width: 75rem)");
  const fit = () => (outline.open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
  const links = new Map();
  for (const link of outline.querySelectorAll("a")) links.set(link.hash.slice(1), link);
  let current = null;
  const observer = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        const link = links.get(target.id);
        if (!isIntersecting || !link) continue;
        current?.removeAttribute("aria-current");
        current = link;
        link.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -80% 0px" },
  );
  for (const section of document.querySelectorAll("section.entry")) observer.observe(section);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a.menu");
  if (!button) return;
  if (button.matches(".unfold")) unfold(button);
  else if (button.matches(".copy")) copy(button);
  else if (button.matches(".theme")) changeTheme();
  else if (button.matches("a.menu")) {
    event.preventDefault();
    const open = document.body.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", String(open));
    if (open) document.getElementById("subjects").querySelector("a").focus();
  }
});

// What is folded is printed all the same, and folded again after.
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details:not([open])")) {
    box.open = true;
    box.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const box of document.querySelectorAll("details[data-printed]")) {
    box.open = false;
    delete box.dataset.printed;
  }
});

addEventListener("hashchange", follow);
enhance(document);
openOutline();
document.querySelector(".subjects [aria-current]")?.scrollIntoView({ block: "center" });
follow();
