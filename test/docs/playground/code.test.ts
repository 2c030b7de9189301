import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { codeFor } from "../../../docs/playground/code.ts";
import { startFrom } from "../../../docs/playground/presets.ts";
import { pack, unpackFrom } from "../../../src/struct.ts";
import { PYTHON } from "../../python.ts";
import { PRESETS, presetNamed, shown, typed } from "./lessons.ts";

const REQUEST = startFrom(presetNamed("1.client"));

const READINGS = [
  ...PRESETS.map(startFrom),
  typed({ format: "<?4sdqQb", values: ["true", 'a"\\\\\\x00', "-0", "-2**63", "2**64-1", "-1"] }),
  typed({ format: ">dff", values: ["nan", "-inf", "1e300"].with(2, "0.5") }),
  typed({ format: "<d", values: ["5"] }),
  // Padding that isn't 0: pack would never write it.
  typed({ format: "<bx", hex: "01 02" }),
  { ...REQUEST, text: "ñandú", values: ["7", "2", "3"] },
].map(shown);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("a packet as code", () => {
  it("is short, and has the names of its fields", () => {
    expect(codeFor(shown(REQUEST))).toEqual({
      typescript: `import { pack, unpackFrom } from "./src/struct.ts";

const bytes = Buffer.concat([pack("<ihh", 4, 2, 3), Buffer.from("SUMA")]);
// 040000000200030053554d41
const [length, first, second] = unpackFrom("<ihh", bytes);
`,
      python: `import struct

data = struct.pack("<ihh", 4, 2, 3) + b"SUMA"
# 040000000200030053554d41
length, first, second = struct.unpack_from("<ihh", data)
`,
    });
  });

  it("packs the same bytes in TypeScript", () => {
    for (const reading of READINGS) {
      const { typescript = "" } = codeFor(reading) ?? {};
      const body = typescript.replace(/^import.*$/m, "");
      const bytes = new Function("pack", "unpackFrom", "Buffer", `${body}; return bytes;`)(
        pack,
        unpackFrom,
        Buffer,
      );
      expect(hex(bytes), typescript).toBe(hex(reading.bytes));
    }
  });

  it.skipIf(!PYTHON)("packs the same bytes in Python", () => {
    const [name = "python3", ...flags] = PYTHON ?? [];
    const program = READINGS.map((reading) => `${codeFor(reading)?.python}print(data.hex())`).join("\n");
    const { stdout, stderr } = spawnSync(name, [...flags, "-c", program], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout.trim().split(/\r?\n/)).toEqual(READINGS.map(({ bytes }) => hex(bytes)));
  });

  it("isn't there for a packet that isn't whole, or has a value that is refused", () => {
    expect(codeFor(shown(typed({ format: "<i", hex: "01" })))).toBeUndefined();
    expect(codeFor(shown(typed({ format: "<i", hex: "0102030405" })))).toBeUndefined();
    expect(codeFor(shown(typed({ format: "b", values: ["200"] })))).toBeUndefined();
  });
});
