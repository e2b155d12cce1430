// A browser that may read one site from the disk and nothing else: `node SCRIPT CHROMIUM SITE`.

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, folder] = process.argv.slice(2);
export const site = pathToFileURL(`${folder}/`).href;

// What is wrong, a line each.
export const wrong = [];
export const expect = (holds, what) => holds || wrong.push(what);

const browser = await chromium.launch({
  executablePath,
  args: [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
  ],
});

// A page in a window of its own. What it asks for elsewhere and what it says on its console is wrong.
export async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    const local = request.url().startsWith(site) || request.url().startsWith("data:");
    expect(local, `${path}: asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) => wrong.push(`${path}: cannot read ${request.url()}`));
  page.on("console", (message) => wrong.push(`${path}: says ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${path}: ${error}`));
  page.on("dialog", (dialog) => {
    wrong.push(`${path}: shows ${dialog.message()}`);
    dialog.dismiss();
  });
  page.setDefaultTimeout(20_000);
  await page.goto(site + path);
  return page;
}

// A part of a test. The others go on when it fails.
export async function step(title, work) {
  const from = performance.now();
  try {
    await work();
  } catch (error) {
    wrong.push(`${title}: ${error.message.split("\n")[0]}`);
  }
  console.log(`${title}: ${Math.round(performance.now() - from)} ms`);
}

// Says what is wrong; the process ends with 1 if anything is.
export async function finish() {
  await browser.close();
  for (const line of wrong) console.log(`WRONG ${line}`);
  process.exitCode = wrong.length ? 1 : 0;
}
