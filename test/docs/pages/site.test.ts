import { expect } from "vitest";
import { test } from "../browser.ts";

test("the landing page is called what the course is called", async ({ open }) => {
  const page = await open("index.html");
  expect(await page.title()).toContain("Client–server lessons");
});
