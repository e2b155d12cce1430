// The site of a schema whose every text is a trap: none of them springs.

import { expect, finish, open, step } from "./browser.mjs";

await step("reading", async () => {
  const page = await open("index.html");
  const pages = await page.evaluate(() => [...document.querySelectorAll("a[href$='.html']")].map((link) => link.href));
  expect(pages.length > 3, "there are few pages");
  for (const address of new Set(pages)) {
    await page.goto(address);
    expect((await page.title()) !== "caught", `${address}: its title was changed`);
    expect((await page.locator("script:not([src]), img, svg").count()) === 0, `${address}: there is an element of the schema's`);
  }
  await page.context().close();
});

await step("searching and unfolding", async () => {
  const page = await open("index.html");
  await page.keyboard.press("/");
  await page.keyboard.type("script alert");
  await page.locator("#found-2").waitFor();
  await page.keyboard.press("Escape");
  await page.goto(`${new URL("index.html", page.url())}#command-go`);
  await page.waitForURL(/#command-go$/);
  await page.locator("#command-go .unfold").first().click();
  await page.locator("#command-go .unfolded").first().waitFor();
  expect((await page.locator("script:not([src]), img, svg").count()) === 0, "there is an element of the schema's");
  await page.context().close();
});

await finish();
