/**
 * `npm run package`: makes a package of src/struct.ts in dist/struct/, for npm and for JSR. It publishes nothing.
 *
 * package.json beside this file says the package's name, and nothing else does: write your own scope there. Its version
 * is that of the first heading in CHANGELOG.md.
 *
 * The package has the sources too: JSR takes them as they are, and editors show them, because the source maps and the
 * maps of the declarations name them.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = `${ROOT}dist/struct`;

/** The name in the texts here, in place of the one that package.json says. */
const PLACEHOLDER = "@scope/struct";

const changes = readFileSync(`${HERE}CHANGELOG.md`, "utf8");
const version = /^## (\d+\.\d+\.\d+)$/m.exec(changes)?.[1];
if (version === undefined) throw new Error("CHANGELOG.md has no heading with a version, such as ## 1.0.0");
const { private: _, name, ...rest } = JSON.parse(readFileSync(`${HERE}package.json`, "utf8"));

rmSync(PACKAGE, { recursive: true, force: true });
for (const source of ["src/struct.ts", "src/struct"]) {
  cpSync(`${ROOT}${source}`, `${PACKAGE}/${source}`, { recursive: true });
}
const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
const { status } = spawnSync(process.execPath, [tsc, "-p", HERE], { stdio: "inherit" });
if (status !== 0) process.exit(1);

writeJson("package.json", { name, version, ...rest });
writeJson("jsr.json", {
  name,
  version,
  license: rest.license,
  exports: "./src/struct.ts",
  publish: { include: ["src", "README.md", "CHANGELOG.md", "LICENSE"] },
});
const readme = readFileSync(`${HERE}README.md`, "utf8");
writeFileSync(`${PACKAGE}/README.md`, readme.replaceAll(PLACEHOLDER, name));
writeFileSync(`${PACKAGE}/CHANGELOG.md`, changes);
cpSync(`${ROOT}LICENSE`, `${PACKAGE}/LICENSE`);
console.log(`dist/struct is ${name} ${version}`);

function writeJson(file: string, value: unknown): void {
  writeFileSync(`${PACKAGE}/${file}`, `${JSON.stringify(value, null, 2)}\n`);
}
