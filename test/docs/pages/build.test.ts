import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SITE } from "../browser.ts";
import { filesOf } from "../files.ts";

/** What opens a browser on Linux; ours writes down which page. */
const OPENER = "xdg-open";

describe.skipIf(process.platform !== "linux")("npm run docs:open", () => {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  const opened = join(folder, "opened");
  let child: ChildProcess;
  let url = "";

  beforeAll(async () => {
    writeFileSync(
      join(folder, OPENER),
      `#!/bin/sh\necho "$1" > "${opened}.new" && mv "${opened}.new" "${opened}"\n`,
    );
    chmodSync(join(folder, OPENER), 0o755);
    const started = spawn(
      process.execPath,
      ["--import", "tsx", "docs/open.ts", "--out", join(folder, "site")],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` },
      },
    );
    child = started;
    for await (const line of createInterface(started.stdout)) {
      url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? "";
      if (url) break;
    }
  }, 600_000);
  afterAll(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  test("builds the same bytes as every build", () => {
    const site = join(folder, "site");
    expect(filesOf(site)).toEqual(filesOf(SITE));
    const differ = filesOf(SITE).filter(
      (path) => !readFileSync(join(SITE, path)).equals(readFileSync(join(site, path))),
    );
    expect(differ).toEqual([]);
  });

  test("serves the site on this machine, and opens a browser", async () => {
    expect(await (await fetch(url)).text()).toContain("Client–server lessons");
    await expect.poll(() => filesOf(folder)).toContain("opened");
    expect(readFileSync(opened, "utf8")).toBe(`${url}\n`);
  });

  test("ends on Ctrl-C", async () => {
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
  });
});
