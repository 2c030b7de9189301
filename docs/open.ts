/**
 * `npm run docs:open`: builds the site, serves it to this machine only, and opens a browser if there is one.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { numberFlag, readCommandLine, textFlag } from "../src/command_line.ts";
import { serve } from "./serve.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The program of each operating system that opens a URL as a click would. Other desktops have xdg-open. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", '""'],
};

const { options } = readCommandLine("npm run docs:open [-- flags]", {
  out: textFlag("FOLDER", "docs/site", "where to build the site"),
  port: numberFlag("N", 0, 0, 65535, "port to serve on; 0 takes any free one"),
});
const { status } = spawnSync(process.execPath, ["node_modules/typedoc/bin/typedoc", "--out", options.out], {
  cwd: ROOT,
  stdio: "inherit",
});
if (status !== 0) process.exit(1);

const { url, close } = await serve(resolve(ROOT, options.out), options.port);
console.log(`The site is at ${url} until you press Ctrl-C.`);
open(url);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await close();

/** Opens a browser. Without one, the line above has to do. */
function open(page: string): void {
  const [program = "", ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...words, page], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
