import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as struct from "../../src/struct.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The code of each example, without the stars of a doc comment. */
const blocks = (text: string) =>
  [...text.matchAll(/^[ \t*]*```ts\n(.*?)^[ \t*]*```$/gms)].map(([, code = ""]) =>
    code.replaceAll(/^ +\* ?/gm, ""),
  );

/** What `console.log` prints of a value, on one line. */
const printed = (value: unknown) =>
  typeof value === "string" ? value : inspect(value, { breakLength: Infinity, compact: true });

/**
 * Runs an example as it stands. A line that ends in `// => text` prints that text, and one that ends in
 * `// throws: text` throws a StructError that says it.
 */
function run(code: string): void {
  const checked = code
    .replaceAll(/^import .*$/gm, "")
    .replaceAll(/^(.*); \/\/ => (.*)$/gm, (_, call, text) => `same((${call}), ${JSON.stringify(text)});`)
    .replaceAll(
      /^(.*); \/\/ throws: (.*)$/gm,
      (_, call, text) => `throws(() => ${call}, ${JSON.stringify(text)});`,
    );
  const { outputText } = ts.transpileModule(checked, { compilerOptions: { target: ts.ScriptTarget.ES2023 } });
  const given = {
    ...struct,
    same: (value: unknown, text: string) => expect(printed(value)).toBe(text),
    throws: (call: () => unknown, text: string) => {
      expect(call).toThrow(struct.StructError);
      expect(call).toThrow(text);
    },
  };
  new Function(...Object.keys(given), outputText)(...Object.values(given));
}

describe.each([
  { page: "docs/struct.md", least: 50 },
  { page: "docs/package/README.md", least: 10 },
])("the examples of $page", ({ page, least }) => {
  it("print what the page says, from top to bottom", () => {
    const code = blocks(read(page)).join("\n");
    expect(code.match(/\/\/ (=>|throws:)/g)?.length).toBeGreaterThan(least);
    run(code);
  });
});

describe("the examples of src/struct.ts and its parts", () => {
  const parts = readdirSync(new URL("../../src/struct/", import.meta.url)).map((part) => `struct/${part}`);
  const source = ["struct.ts", ...parts].map((file) => read(`src/${file}`)).join("\n");

  it("print what they say", () => {
    const examples = blocks(source);
    expect(examples.length).toBeGreaterThan(15);
    for (const example of examples) {
      expect(example).toMatch(/\/\/ (=>|throws:)/);
      run(example);
    }
  });
});
