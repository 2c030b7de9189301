/** The package in dist/struct, as a tarball, in the hands of those who would install it. */

import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../docs/serve.ts";
import { findBrowser } from "../docs/find_browser.ts";
import type { Runtime } from "../runtimes/runtimes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = join(ROOT, "dist/struct");
const CONSUMERS = join(HERE, "consumers");
const { name, version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** What consumers/program.mjs and program.cjs print. */
const PRINTED = "5,0,0,0,2,0,3,0 5,2,3 8 9007199254740993 2 5,0|2,3 StructError";
const PRINTED_BY_COMMONJS = "5,0,0,0,2,0,3,0 true";

const folder = mkdtempSync(join(tmpdir(), "struct-package-"));
let tarball: string;

beforeAll(async () => {
  await run("npm", ["pack", "--silent", "--pack-destination", folder], PACKAGE);
  tarball = join(folder, readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A new folder with the consumers' programs, which has installed the tarball. Nothing of it comes from a network. */
async function consumer(): Promise<string> {
  const home = mkdtempSync(join(folder, "consumer-"));
  for (const file of readdirSync(CONSUMERS)) {
    const text = readFileSync(join(CONSUMERS, file), "utf8");
    writeFileSync(join(home, file), text.replaceAll("@scope/struct", name));
  }
  writeFileSync(join(home, "package.json"), '{ "private": true, "type": "module" }');
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], home);
  return home;
}

/** Runs a program to its end. Returns what it printed, or throws all it said if it failed. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env });
    return stdout.trim();
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error([message, stdout, stderr].join("\n"), { cause: error });
  }
}

/** Runs a program of a package that test/package/package.json names. */
function tool(script: string, args: readonly string[], cwd: string): Promise<string> {
  return run(process.execPath, [join(HERE, "node_modules", script), ...args], cwd);
}

const runtimes = (JSON.parse(process.env["RUNTIMES"] ?? "[]") as Runtime[]).map(({ name, anything }) => {
  const [program = "", ...flags] = anything.split(" ");
  // The package is JavaScript, so Node needs no loader.
  return { name, program: resolve(program), flags: name.startsWith("node") ? [] : flags };
});

describe.each(runtimes)("on $name", ({ program, flags }) => {
  it("a program imports it", async () => {
    expect(await run(program, [...flags, "program.mjs"], await consumer())).toBe(PRINTED);
  });

  it("a CommonJS program requires it, and gets what an import gets", async () => {
    expect(await run(program, [...flags, "program.cjs"], await consumer())).toBe(PRINTED_BY_COMMONJS);
  });
});

describe.each([
  ["the kit's TypeScript", join(ROOT, "node_modules/typescript")],
  ["the oldest TypeScript that can read it", join(HERE, "node_modules/oldest-typescript")],
])("%s", (_, typescript) => {
  it.each([
    { module: "node16", moduleResolution: "node16" },
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "esnext", moduleResolution: "bundler" },
  ])("reads the types with moduleResolution $moduleResolution", async (resolution) => {
    const home = await consumer();
    const compilerOptions = {
      ...{ ...resolution, target: "es2023", lib: ["es2023"], types: [] },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    };
    writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    expect(await run(process.execPath, [join(typescript, "bin/tsc"), "-p", home], home)).toBe("");
  });
});

it("Deno reads the types", async () => {
  const deno = runtimes.find(({ name }) => name === "deno");
  if (deno !== undefined) await run(deno.program, ["check", "typed.ts"], await consumer());
});

describe("a page in a browser", () => {
  /** What a page shows once its script has run. */
  async function shown(site: string): Promise<string | undefined> {
    const { url, close } = await serve(site);
    // Chromium refuses to run as root unless its sandbox is off; CI is root in a container.
    const flags = ["--headless", "--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
    try {
      const html = await run(
        findBrowser(),
        [
          ...[...flags, `--user-data-dir=${mkdtempSync(join(folder, "browser-"))}`],
          ...["--virtual-time-budget=10000", "--dump-dom", `${url}page.html`],
        ],
        site,
      );
      return /<pre id="printed">(.*?)<\/pre>/s.exec(html)?.[1];
    } finally {
      await close();
    }
  }

  it("runs it, bundled by esbuild", async () => {
    const home = await consumer();
    const site = join(home, "site");
    await build({
      ...{ absWorkingDir: home, entryPoints: ["page.js"], outdir: "site" },
      ...{ bundle: true, minify: true, format: "esm", target: "es2022" },
    });
    cpSync(join(home, "page.html"), join(site, "page.html"));
    expect(await shown(site)).toBe(PRINTED);
  });

  it("runs it, bundled by Vite", async () => {
    const home = await consumer();
    cpSync(join(home, "page.html"), join(home, "index.html"));
    await tool("vite/bin/vite.js", ["build", "--logLevel", "warn"], home);
    cpSync(join(home, "dist/index.html"), join(home, "dist/page.html"));
    expect(await shown(join(home, "dist"))).toBe(PRINTED);
  });
});

describe("the tools of package authors", () => {
  it("publint finds nothing", async () => {
    expect(await tool("publint/src/cli.js", ["run", PACKAGE, "--strict"], ROOT)).toContain("All good!");
  });

  it("attw finds nothing: every TypeScript resolves the types that the JavaScript has", async () => {
    // It warns that old Nodes cannot require a module. Those that package.json admits can, as shown above.
    const args = [tarball, "--ignore-rules", "cjs-resolves-to-esm"];
    const said = await tool("@arethetypeswrong/cli/dist/index.js", args, ROOT);
    expect(said).toContain("No problems found");
  });

  it("JSR would take it, without a slow type", async () => {
    const deno = runtimes.find(({ name }) => name === "deno");
    if (deno !== undefined) await run(deno.program, ["publish", "--dry-run", "--allow-dirty"], PACKAGE);
  });
});

it("the source maps lead to the sources, which the package has", () => {
  const files = readdirSync(join(PACKAGE, "js"), { recursive: true, encoding: "utf8" });
  const maps = files.filter((file) => file.endsWith(".map"));
  expect(maps).toHaveLength(files.filter((file) => /\.(js|d\.ts)$/.test(file)).length);
  for (const file of maps) {
    const map = join(PACKAGE, "js", file);
    const { sources } = JSON.parse(readFileSync(map, "utf8"));
    for (const source of sources) expect(readFileSync(join(map, "..", source), "utf8")).not.toBe("");
  }
});

it("the first heading of the changelog is the version", () => {
  const changes = readFileSync(join(PACKAGE, "CHANGELOG.md"), "utf8");
  expect(/^## (.*)$/m.exec(changes)?.[1]).toBe(version);
});

it("all of it takes less than 8 kB, minified and compressed", async () => {
  const sizes: Record<string, { minified: number; gzip: number; brotli: number }> = {};
  for (const names of ["*", "{ unpack }"]) {
    const { outputFiles } = await build({
      stdin: { contents: `export ${names} from "./js/struct.js"`, resolveDir: PACKAGE },
      ...{ bundle: true, minify: true, format: "esm", write: false },
    });
    const bytes = outputFiles[0]?.contents ?? new Uint8Array();
    sizes[names] = {
      minified: bytes.length,
      gzip: gzipSync(bytes).length,
      brotli: brotliCompressSync(bytes).length,
    };
  }
  console.table(sizes);
  expect(sizes["*"]?.gzip).toBeLessThan(8000);
});
