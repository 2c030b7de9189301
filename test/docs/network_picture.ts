/**
 * `npx tsx test/docs/network_picture.ts`: makes docs/network.png, the picture of `npm run network` in the README.
 *
 * It needs what `npm run test:docs` has installed. Lesson 1's client asks SUMA 2 3 through the relay. Five of the twelve
 * bytes are let go, and the knife lies in the other seven.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "./find_browser.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LESSON = "lessons/1_simple_math_server";
const started: ChildProcess[] = [];

/** Starts one of the kit's programs. Returns what a line of its output says. */
async function start(sought: RegExp, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  for await (const line of createInterface(child.stdout)) {
    const found = sought.exec(line);
    if (found) {
      child.stdout.resume(); // a full pipe would stop the program
      return found[1] ?? "";
    }
  }
  throw new Error(`${args.join(" ")} has ended`);
}

try {
  const server = await start(/^listening on \S+:(\d+)$/, `${LESSON}/server.ts`, "--port", "0");
  const relay = ["lessons/network.ts", "1", "--hold", "--port", "9201", "--page", "9301"];
  const url = await start(/^page: (\S+)$/, ...relay, "--to", `127.0.0.1:${server}`);
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
  await page.goto(url);
  const client = ["--timeout", "60000", "--port", "9201", "SUMA", "2", "3"];
  spawnClient(client);
  const held = page.locator("#held-to-server [data-at]");
  await held.nth(11).waitFor();
  await page.getByLabel("Predict").fill("The server waits for the other seven bytes.");
  await page.keyboard.press("Enter");
  await page.locator("#prediction").evaluate((input) => (input as unknown as { blur(): void }).blur());
  for (const key of "....k") await page.keyboard.press(key);
  await page.locator("#events").getByText("5 of 12 bytes of a request", { exact: true }).waitFor();
  for (const key of ",,") await page.keyboard.press(key);
  await page.screenshot({ path: `${ROOT}docs/network.png` });
  await browser.close();
} finally {
  for (const child of started) child.kill();
}

function spawnClient(flags: string[]): void {
  const child = spawn(process.execPath, ["--import", "tsx", `${LESSON}/client.ts`, ...flags], {
    cwd: ROOT,
    stdio: "ignore",
  });
  started.push(child);
}
