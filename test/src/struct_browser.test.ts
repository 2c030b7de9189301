import { readdirSync, readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import ts from "typescript";
import { expect, it } from "vitest";

/** src/struct.ts and its parts by their names, as an import there would say them. */
const files = new Map<string, string>();
const read = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
files.set("./struct.ts", read("struct.ts"));
for (const part of readdirSync(new URL("../../src/struct/", import.meta.url))) {
  files.set(`./struct/${part}`, read(`struct/${part}`));
}

/** Runs each file once, when it is first imported, and refuses what is neither struct nor a part of it. */
const LOADER = `
  const loaded = {};
  function load(name) {
    if (name in loaded) return loaded[name];
    if (!(name in files)) throw new Error("imports " + name);
    loaded[name] = {};
    files[name](loaded[name], (other) => load(other.replace(/^\\.\\/(struct\\/)?/, "./struct/")));
    return loaded[name];
  }
  const exports = load("./struct.ts");`;

/** The module in a world that has ECMAScript and nothing else. Its exports are in `exports`. */
function inBareContext() {
  // As a strict Content-Security-Policy does, the context refuses to make code from strings.
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const functions = [...files].map(([name, source]) => {
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
    });
    return `${JSON.stringify(name)}: (exports, require) => {${outputText}\n}`;
  });
  runInContext(`const files = {${functions.join(",")}};${LOADER}`, context);
  return (script: string): unknown => runInContext(script, context);
}

it("struct imports its parts alone, and they each other", () => {
  for (const [name, source] of files) {
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      const expected = name === "./struct.ts" ? /^\.\/struct\/[a-z_]+\.ts$/ : /^\.\/[a-z_]+\.ts$/;
      expect(fileName, `an import in ${name}`).toMatch(expected);
    }
  }
});

it("struct's files import in one direction, types included", () => {
  const visit = (name: string, path: string[]): void => {
    expect(path, "a cycle of imports").not.toContain(name);
    for (const { fileName } of ts.preProcessFile(files.get(name) ?? "").importedFiles) {
      visit(fileName.replace(/^\.\/(struct\/)?/, "./struct/"), [...path, name]);
    }
  };
  visit("./struct.ts", []);
});

it("struct needs no global that a browser, or any other engine, might lack", () => {
  const run = inBareContext();
  expect(run("[typeof Buffer, typeof process, typeof TextEncoder].join()")).toBe(
    "undefined,undefined,undefined",
  );
  expect(run("exports.pack('<ihh', 5, 2, 3).join()")).toBe("5,0,0,0,2,0,3,0");
  expect(run("exports.unpack('>BBhiqd', exports.pack('>BBhiqd', 1, 2, -3, 4, -5n, 0.5)).join()")).toBe(
    "1,2,-3,4,-5,0.5",
  );
  expect(
    run(
      "exports.unpack('e3s4p?', exports.pack('e3s4p?', 1.5, new Uint8Array(3), new Uint8Array(2), true)).join('|')",
    ),
  ).toBe("1.5|0,0,0|0,0|true");
  expect(run("[...new exports.Struct('<h').iterUnpack(new Uint8Array([1, 0, 2, 0]))].join()")).toBe("1,2");
  expect(run("try { exports.pack('<b', 200) } catch (error) { error instanceof exports.StructError }")).toBe(
    true,
  );
});

it("struct takes bytes that another window or context has made", () => {
  const run = inBareContext();
  const unpack = run("exports.unpack") as (format: string, bytes: Uint8Array) => unknown[];
  const pack = run("exports.pack") as (format: string, ...values: unknown[]) => Uint8Array;
  expect([...unpack("<h", new Uint8Array([1, 2]))]).toEqual([513]);
  expect([...pack("2s", Buffer.from("ab"))]).toEqual([97, 98]);
});
