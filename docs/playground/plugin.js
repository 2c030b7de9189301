// Puts the playground into the generated site: its page, its style, and its program as one file.

import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LESSONS = fileURLToPath(new URL("../../lessons/", import.meta.url));

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.renderer.postRenderAsyncJobs.push(async ({ outputDirectory }) => {
    for (const warning of await buildPlayground(join(outputDirectory, "playground")))
      app.logger.warn(warning);
  });
}

/**
 * Builds the playground.
 *
 * @param {string} folder - where to
 * @returns {Promise<string[]>} what the bundler warns of
 */
export async function buildPlayground(folder) {
  await mkdir(folder, { recursive: true });
  const { warnings } = await build({
    stdin: { contents: await entry(), resolveDir: HERE, sourcefile: "entry.ts", loader: "ts" },
    outfile: join(folder, "playground.js"),
    bundle: true,
    minify: true,
    // Not a module, so that the page also works when it is opened as a file.
    format: "iife",
    target: "es2023",
    charset: "utf8",
    logLevel: "silent",
  });
  const style = await build({
    entryPoints: [join(HERE, "playground.css")],
    outfile: join(folder, "playground.css"),
    bundle: true, // with the colours of the kit
    minify: true,
    charset: "utf8",
    logLevel: "silent",
  });
  await copyFile(join(HERE, "index.html"), join(folder, "index.html"));
  await copyFile(join(HERE, "../favicon.svg"), join(folder, "favicon.svg"));
  return [...warnings, ...style.warnings].map(
    ({ text, location }) => `${location?.file}:${location?.line}: ${text}`,
  );
}

/** The program starts with the lessons that there are: whoever adds one need not think of the playground. */
async function entry() {
  const names = (await readdir(LESSONS)).filter((name) => /^\d+_/.test(name));
  const numbered = names
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
    .sort((a, b) => a.number - b.number);
  const lessons = await Promise.all(
    numbered.map(async ({ name, number }) => {
      const guide = await readFile(join(LESSONS, name, "README.md"), "utf8");
      const title = /^# (.+)$/m.exec(guide)?.[1] ?? name;
      return `{ number: ${number}, title: ${JSON.stringify(title)}, packets: packets${number} }`;
    }),
  );
  return [
    `import { start } from "./main.ts";`,
    ...numbered.map(
      ({ name, number }) =>
        `import { PACKETS as packets${number} } from "../../lessons/${name}/protocol.ts";`,
    ),
    `start([${lessons.join(", ")}]);`,
  ].join("\n");
}
