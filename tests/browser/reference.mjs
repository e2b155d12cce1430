// Drives the reference in a real browser: `node reference.mjs CHROMIUM SITE`. Says what is wrong, a line each, and
// ends with 1 if anything is.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect, finish, open, site, step, wrong } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What is found first, and where it leads, with the keyboard alone.
const searches = [
  ["query-block", /\.html#command-query-block$/],
  ["blockdev-add", /\.html#command-blockdev-add$/],
  ["device_add", /\.html#command-device_add$/],
  ["SHUTDOWN", /\.html#event-SHUTDOWN$/],
  ["cache-size", /\.html#type-\w+\.cache-size$/],
  // Names are found however they are written, and by words of their texts.
  ["Block_Commit", /\.html#command-block-commit$/],
  ["BlockdevOptionsQcow2.cache-size", /\.html#type-BlockdevOptionsQcow2\.cache-size$/],
];
await step("search", async () => {
  const page = await open("index.html");
  for (const [words, address] of searches) {
    await page.goto(`${site}index.html`);
    await page.keyboard.press("/");
    await page.keyboard.type(words);
    await page.locator("#found [aria-selected=true]").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(address);
    const id = decodeURIComponent(new URL(page.url()).hash.slice(1));
    const top = await page.evaluate((id) => document.getElementById(id).getBoundingClientRect().top, id);
    expect(top > 0 && top < 900, `${words}: ${id} is not in the window`);
  }
  await page.keyboard.press("/");
  await page.keyboard.type("xyzzy plugh");
  await page.locator(".status", { hasText: "0 results" }).waitFor();
  await page.keyboard.press("Escape");
  expect(await page.locator("dialog[open]").isHidden(), "Escape does not close the search");
  await page.context().close();
});

await step("choosing among results", async () => {
  const page = await open("index.html");
  await page.keyboard.press("/");
  await page.keyboard.type("qcow2 lazy");
  const chosen = () => page.locator("#found [aria-selected=true]").getAttribute("id");
  await page.locator("#found-1").waitFor();
  await page.keyboard.press("ArrowDown");
  expect((await chosen()) === "found-1", "the arrow down does not choose the next");
  const active = await page.locator("dialog input").getAttribute("aria-activedescendant");
  expect(active === "found-1", "a screen reader is not told what is chosen");
  await page.context().close();
});

// All that blockdev-add takes for qcow2 is on its page, and what that is of unfolds there.
await step("unfolding", async () => {
  const page = await open("index.html#command-blockdev-add");
  await page.waitForURL(/\w\.html#command-blockdev-add$/);
  const entry = page.locator("#command-blockdev-add");
  const branch = entry.locator("details:has(> summary > code:text-is('qcow2'))");
  await branch.locator("> summary").focus();
  await page.keyboard.press("Enter");
  for (const name of ["file", "backing", "l2-cache-size", "encrypt"]) {
    const member = branch.locator(`a.name:text-is("${name}")`);
    expect(await member.first().isVisible(), `blockdev-add, qcow2: ${name} is not to be seen`);
  }
  // Down and down: a node below a node below a node.
  let place = branch;
  for (const depth of [1, 2, 3]) {
    const button = place.locator("button.unfold[aria-label='Unfold BlockdevRef']").first();
    await button.focus();
    await page.keyboard.press("Enter");
    place = place.locator("[role=group][aria-label=BlockdevRef]").first();
    await place.locator("button.unfold[aria-label='Unfold BlockdevOptions']").click();
    place = place.locator("[role=group][aria-label=BlockdevOptions]").first();
    const below = place.locator("details:has(> summary > code:text-is('qcow2'))").first();
    await below.locator("> summary").click();
    await below.locator("a.name:text-is('l2-cache-size')").first().waitFor();
    expect(await below.isVisible(), `blockdev-add: nothing at depth ${depth}`);
    place = below;
  }
  expect(/#command-blockdev-add$/.test(page.url()), "unfolding leaves the page");
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id));
  expect(new Set(ids).size === ids.length, "unfolding makes ids twice");
  await page.context().close();
});

await step("copying", async () => {
  const page = await open("index.html#command-block-commit");
  await page.waitForURL(/\w\.html#command-block-commit$/);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const forms = page.locator("#command-block-commit .forms");
  await forms.locator("> summary").click();
  await forms.locator(".copy").first().click();
  await forms.locator(".copy", { hasText: "Copied" }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(text).execute === "block-commit", "what is copied is not the request");
  await page.context().close();
});

await step("without scripts", async () => {
  const page = await open("index.html", { javaScriptEnabled: false });
  const cards = page.locator(".cards a");
  expect((await cards.count()) > 10, "the overview has no subjects");
  expect(await page.locator(".open-search").first().isHidden(), "there is a search that cannot work");
  await cards.nth(2).click();
  expect(await page.locator("main h1").isVisible(), "a subject has no heading");
  await page.context().close();
});

await step("the keyboard alone", async () => {
  const page = await open("index.html");
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.className);
  expect(first === "skip", "the first stop does not lead to the text");
  await page.keyboard.press("Enter");
  const main = await page.evaluate(() => document.activeElement.id);
  expect(main === "main", "the link to the text does not lead there");
  await page.context().close();
});

// The theme that is chosen is the one of the next page, too.
await step("light and dark", async () => {
  const page = await open("index.html", { colorScheme: "light" });
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  await page.locator(".theme").click();
  const dark = await back();
  expect(light !== dark, "the switch does not change the theme");
  await page.goto(`${site}names.html`);
  expect((await back()) === dark, "the theme is not that of the next page");
  await page.context().close();
});

// What is closed cannot be opened on paper: branches are printed, forms that nobody has opened are not.
await step("paper", async () => {
  const page = await open("index.html#command-blockdev-add");
  await page.waitForURL(/\w\.html#command/);
  await page.emulateMedia({ media: "print" });
  const shown = await page.evaluate(() => {
    const command = document.getElementById("command-blockdev-add");
    const seen = (selector) => command.querySelector(selector).checkVisibility();
    return {
      branch: seen(".branches > details:not([open]) > .branch"),
      opener: seen(".chooser .opener"),
      forms: seen(".forms:not([open])"),
    };
  });
  expect(shown.branch, "a branch is closed on paper");
  expect(!shown.opener && !shown.forms, "paper asks to be opened");
  await page.context().close();
});

// Every kind of page, wide and narrow, light and dark, with what can be unfolded unfolded.
const pages = ["index.html", "names.html", "versions.html", "stability.html", "index.html#command-blockdev-add"];
await step("accessibility", async () => {
  for (const path of pages) {
    const width = path === "names.html" ? 390 : 1280;
    const page = await open(path, { colorScheme: "light", viewport: { width, height: 900 } });
    await prepare(page, path);
    await page.evaluate(axe);
    await audit(page, path, {});
    await page.emulateMedia({ colorScheme: "dark" });
    await audit(page, `${path}, dark`, { runOnly: ["color-contrast"] });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(!wide, `${path}: wider than the window of ${width}`);
    await page.context().close();
  }
});

// Some of everything: the rest of a page is more of the same, and would take its time.
async function prepare(page, path) {
  if (path.includes("#")) {
    await page.waitForURL(/\w\.html#command/);
    await page.evaluate(() => {
      const keep = [...document.querySelectorAll(".entry")].slice(0, 6);
      keep.push(document.getElementById("command-blockdev-add"));
      for (const entry of document.querySelectorAll(".entry")) {
        if (!keep.includes(entry)) entry.remove();
        else entry.style.contentVisibility = "visible";
      }
      const boxes = [...document.querySelectorAll(".branches > details")].slice(0, 4);
      for (const box of [...boxes, ...document.querySelectorAll(".forms")]) box.open = true;
      for (const button of [...document.querySelectorAll(".unfold")].slice(0, 5)) button.click();
    });
    await page.locator(".unfolded").first().waitFor();
    return;
  }
  await page.evaluate(() => {
    for (const list of document.querySelectorAll("ul.names, dl.rows")) {
      while (list.children.length > 20) list.lastElementChild.remove();
    }
  });
  if (path === "index.html") {
    await page.keyboard.press("/");
    await page.keyboard.type("block");
    await page.locator("#found-5").waitFor();
  }
}

async function audit(page, title, options) {
  const all = { preload: false, resultTypes: ["violations"], ...options };
  const { violations } = await page.evaluate((all) => globalThis.axe.run(all), all);
  for (const one of violations) wrong.push(`${title}: ${one.id}: ${one.help}: ${one.nodes[0].html}`);
}

await finish();
