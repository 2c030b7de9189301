/**
 * The kit's programs as plain JavaScript, one file each, so that a test that starts one waits for Node alone.
 *
 * The tests start three hundred programs and threads. `npx tsx` takes the types out again each time, which costs three
 * times as much as all else that Node does until a server listens, and finding and reading twenty modules costs a third
 * of what Node itself does. So esbuild puts each program together once, into a folder under node_modules, and again
 * where a file has changed.
 *
 * A wrong answer to an exercise imports what its checks import, and must get the same module: for those
 * {@link compileModules} compiles each file by itself.
 *
 * What a learner types is tested as well: `npx tsx` in test/lessons/command_line.test.ts, what `npm start` runs in
 * start.test.ts, and all tests of the lessons, file by file with tsx, in `npm run test:runtimes -- "node 20"`.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const TO = join(ROOT, "node_modules/.cache/compiled");

/** The same for modules that stay alone. */
const MODULES = join(ROOT, "node_modules/.cache/modules");

/** Everything that was compiled, to see when it has changed. It is written last: with it the programs are complete. */
const SOURCES = join(TO, "sources.json");

/** Where the compiled form of a program is, e.g. of `lessons/…/server.ts`; {@link compile} makes it. */
export function compiled(file: string): string {
  return join(TO, file.replace(/\.ts$/, ".js"));
}

/**
 * Compiles every program that a test starts. Vitest calls this before all tests. A file whose tests start programs calls
 * it too: where nothing has changed since, that costs a few milliseconds.
 */
export default async function compile(): Promise<void> {
  const files = ["src", "lessons", "test/fixtures"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|html|css|js|svg)$/.test(file) && !file.includes("exercises"))
      .map((file) => join(folder, file).replaceAll("\\", "/")),
  );
  const sources = JSON.stringify(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
  if (sources === textOf(SOURCES)) return;

  const isCommand = (file: string) => /^lessons\/(\w+|\d_\w+\/lesson)\.ts$/.test(file);
  const isProgram = (file: string) => /^(lessons|test\/fixtures)\/.*\.ts$/.test(file) && !isCommand(file);
  // The commands import each lesson's lesson.ts when they run. They have to share with it what both import: an error
  // class that exists twice is two classes.
  await build({ entryPoints: files.filter(isCommand), splitting: true });
  await build({ entryPoints: files.filter(isProgram) });
  // What a program serves to a browser stays as it is.
  for (const file of files.filter((name) => !name.endsWith(".ts")))
    put(join(TO, file), readFileSync(join(ROOT, file), "utf8"));
  put(join(TO, "package.json"), '{ "type": "module" }');
  put(SOURCES, sources);
}

/** Where the compiled form of a module is, e.g. of `test/exercises/attempt.ts`; {@link compileModules} makes it. */
export function compiledModule(file: string): string {
  return join(MODULES, file.replace(/\.ts$/, ".js"));
}

/** Compiles what the checks of the exercises import, file by file. */
export async function compileModules(): Promise<void> {
  const files = ["src", "lessons", "test/exercises"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".wrong.ts"))
      .map((file) => join(folder, file).replaceAll("\\", "/")),
  );
  for (const file of files)
    put(compiledModule(file), await compileModule(readFileSync(join(ROOT, file), "utf8")));
  const imports = { "#src/*.ts": "./src/*.js", "#lessons/*.ts": "./lessons/*.js" };
  put(join(MODULES, "package.json"), JSON.stringify({ type: "module", imports }));
}

/**
 * Compiles one module.
 *
 * @param text - TypeScript
 * @returns JavaScript
 * @throws Error if it is not TypeScript
 */
export async function compileModule(text: string): Promise<string> {
  const esbuild = await import("esbuild");
  const { code } = await esbuild.transform(text, {
    loader: "ts",
    target: "node20",
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return code.replace(/^((?:import|export|\}).*"\.[^"]+)\.ts";$/gm, '$1.js";');
}

/** A module that was put into a program still finds what lies beside it: `import.meta.url` is where it would be alone. */
const ownPlaces: Plugin = {
  name: "own places",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const { href } = pathToFileURL(compiled(relative(ROOT, path)));
      return {
        loader: "ts",
        contents: readFileSync(path, "utf8").replaceAll("import.meta.url", `"${href}"`),
      };
    });
  },
};

async function build(options: BuildOptions): Promise<void> {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    ...options,
    absWorkingDir: ROOT,
    outbase: ".",
    outdir: TO,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // mqtt and aedes go in as well, as finding and reading their files takes longer than Node's own start. What they
    // are written in asks for Node's modules with `require`, which a module hasn't.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);',
    },
    plugins: [ownPlaces],
    write: false,
  });
  for (const { path, text } of outputFiles) put(path, text);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Other test files do the same at this moment: a file is there as a whole or not at all. */
function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
