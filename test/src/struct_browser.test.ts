import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import ts from "typescript";
import { expect, it } from "vitest";

const source = readFileSync(new URL("../../src/struct.ts", import.meta.url), "utf8");

/** The module as a script that leaves its exports in `exports`, in a world that has ECMAScript and nothing else. */
function inBareContext() {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  // As a strict Content-Security-Policy does, the context refuses to make code from strings.
  const context = createContext({ exports: {} }, { codeGeneration: { strings: false, wasm: false } });
  runInContext(outputText, context);
  return (script: string): unknown => runInContext(script, context);
}

it("struct imports nothing", () => {
  const { importedFiles } = ts.preProcessFile(source);
  expect(importedFiles).toEqual([]);
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
