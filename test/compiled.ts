/**
 * The kit's programs without their types, so that a test that starts one waits for Node alone.
 *
 * `npx tsx` takes the types out anew each time it starts a program, and that costs three times as much as all else that
 * Node does until a server listens. The tests start a hundred programs. So the types are taken out once, file by file
 * and nothing else changed, into a folder under node_modules, and again where a file has changed. Newer Nodes take the
 * types out in the same way by themselves.
 *
 * What a learner types is tested as well: `npx tsx` in test/lessons/command_line.test.ts, `npm start` in
 * start.test.ts, and all tests of the lessons with tsx in `npm run test:runtimes -- "node 20"`.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const TO = join(ROOT, "node_modules/.cache/compiled");

/** Where the compiled form of a file of the kit is, e.g. of `lessons/…/server.ts`; {@link compile} makes it. */
export function compiled(file: string): string {
  return join(TO, file.replace(/\.ts$/, ".js"));
}

/**
 * Takes the types out of every program that a test starts, and of what it imports. Vitest calls this before all tests.
 * A file whose tests start programs calls it too: where nothing has changed since, that costs a few milliseconds.
 */
export default async function compile(): Promise<void> {
  const sources = ["src", "lessons", "test/fixtures"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|html|css|js|svg)$/.test(file))
      .map((file) => join(folder, file)),
  );
  const changed = sources.filter((file) => textOf(`${compiled(file)}.source`) !== textOf(join(ROOT, file)));
  if (changed.length === 0) return;

  const { default: ts } = await import("typescript");
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  put(join(TO, "package.json"), '{ "type": "module" }');
  for (const file of changed) {
    const source = textOf(join(ROOT, file)) ?? "";
    // What a program serves to a browser has no types.
    const isTyped = file.endsWith(".ts");
    put(compiled(file), isTyped ? ts.transpileModule(source, { compilerOptions }).outputText : source);
    // What was compiled, to see when it has changed. It comes last: with it the pair is complete.
    put(`${compiled(file)}.source`, source);
  }
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
