import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHex } from "../../../docs/playground/hex.ts";
import {
  readBytes,
  readValue,
  showBytes,
  showValue,
  suits,
  zeroOf,
} from "../../../docs/playground/values.ts";
import { NATIVE } from "../../../src/struct/codes.ts";
import { pack, type StructValue, unpack } from "../../../src/struct.ts";

const read = (code: string, typed: string) => readValue(NATIVE[code] as (typeof NATIVE)[string], typed);

describe("a typed value", () => {
  it("is read as code would write it", () => {
    expect(
      ["5", " -5 ", "+5", "−5", "0xff", "-0x10", "0b101", "0o17", "1_000"].map((typed) => read("i", typed)),
    ).toEqual([5, -5, 5, -5, 255, -16, 5, 15, 1000]);
    expect(read("q", "9007199254740993")).toBe(9007199254740993n);
    expect(["2**63-1", "-2**63", "2 ** 8 + 1", "10**3", "2**31−1"].map((typed) => read("q", typed))).toEqual([
      ...[9223372036854775807n, -9223372036854775808n, 257, 1000, 2147483647],
    ]);
    expect(read("d", "2**0.5")).toBe("2**0.5");
    expect(read("d", "2**70")).toBe(2 ** 70);
    expect(["2**", "2**9999", "**2"].map((typed) => read("i", typed))).toEqual(["2**", "2**9999", "**2"]);
    expect(["2.5", "-1e3", "inf", "-Infinity", "nan", "0x10"].map((typed) => read("d", typed))).toEqual([
      2.5,
      -1000,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      16,
    ]);
    expect(read("d", showValue(-0))).toBe(-0);
    expect(["true", "1", "false", "0", ""].map((typed) => read("?", typed))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("that makes no sense is handed to struct, whose words say why", () => {
    expect(["abc", "", " ", "-", "--5", "0x", "5n", "inf"].map((typed) => read("i", typed))).toEqual([
      ...["abc", "", " ", "-", "--5", "0x", "5n", "inf"],
    ]);
    expect(read("i", "2.5")).toBe(2.5);
    expect(() => pack("<i" as string, read("i", "abc") as StructValue)).toThrow('"abc", does not fit');
  });

  it("stays where it is of the kind that another code needs, and is zero where not", () => {
    const suit = (code: string, typed: string) => suits(NATIVE[code] as (typeof NATIVE)[string], typed);
    expect([
      suit("h", "40000"),
      suit("h", "true"),
      suit("d", "1"),
      suit("s", "any"),
      suit("c", "ab"),
    ]).toEqual([...[true, false, true, true, false]]);
    expect([suit("?", "true"), suit("?", "5")]).toEqual([true, false]);
    for (const [code, layout] of Object.entries(NATIVE)) {
      if (code !== "x")
        expect(() => pack(code, readValue(layout, zeroOf(layout)) as StructValue), code).not.toThrow();
    }
  });

  it("that was read from bytes is read back as the same", () => {
    for (const [code, layout] of Object.entries(NATIVE)) {
      if (code === "x") continue;
      const bytes = fc.uint8Array({ minLength: layout.size, maxLength: layout.size });
      fc.assert(
        fc.property(bytes, (given) => {
          const values = unpack(code, given);
          const typed = values.map((value) => readValue(layout, showValue(value)) as StructValue);
          expect(unpack(code, pack(code, ...typed))).toEqual(values);
        }),
        { numRuns: 50 },
      );
    }
  });
});

describe("bytes as a text", () => {
  it("are UTF-8, with escapes for what has no shape", () => {
    expect(showBytes(new TextEncoder().encode("ñ 🦆 \\"))).toBe("ñ 🦆 \\\\");
    expect(showBytes(Uint8Array.of(0x41, 0, 0x0a, 0xff))).toBe("A\\x00\\x0a\\xff");
    expect(showBytes(new TextEncoder().encode("a\u{202e}b"))).toBe("a\\xe2\\x80\\xaeb");
    expect([...readBytes("\\n\\r\\t\\0\\\\\\xFf\\q")]).toEqual([10, 13, 9, 0, 92, 255, 92, 113]);
  });

  it("come back the same, whatever they are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .array(fc.nat(0x10ffff), { maxLength: 4 })
        .map((points) => new TextEncoder().encode(String.fromCodePoint(...points))),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        expect([...readBytes(showBytes(given))]).toEqual([...given]);
      }),
    );
  });
});

describe("hex digits", () => {
  it("are read as they stand in dumps, logs and source code", () => {
    for (const typed of [
      "05 00 ff",
      "0500FF",
      "05:00:ff",
      "0x05, 0x00, 0xff",
      "\\x05\\x00\\xff",
      " [05, 00, ff] ",
      "05 │ 00\nff",
    ]) {
      expect([...readHex(typed)], typed).toEqual([5, 0, 255]);
    }
    expect(readHex(" ")).toHaveLength(0);
  });

  const BYTES = "04 00 00 00 02 00 03 00 53 55 4D 41 20 61 6E 64 20 6D 6F 72 65 20 74 65 78 74";
  const bytes = [...readHex(BYTES)];

  it("are found in what xxd, hexdump -C and tcpdump -X print", () => {
    const xxd = `00000000: 0400 0000 0200 0300 5355 4d41 2061 6e64  ........SUMA and
00000010: 206d 6f72 6520 7465 7874                  more text\n`;
    expect([...readHex(xxd)]).toEqual(bytes);
    const hexdump = `00000000  04 00 00 00 02 00 03 00  53 55 4d 41 20 61 6e 64  |........SUMA and|
00000010  20 6d 6f 72 65 20 74 65  78 74                    | more text|
0000001a\n`;
    expect([...readHex(hexdump)]).toEqual(bytes);
    expect([...readHex(xxd.replace(/^/gm, "\t0x").replace(/0x0000/g, "0x"))].slice(0, 16)).toEqual(
      bytes.slice(0, 16),
    );
    expect(() => readHex(hexdump.replace("\n", "\n*\n"))).toThrow("hexdump left out");
  });

  it("are found in the lines of --bytes, of one direction", () => {
    const lines = `client 1 → 04 00 00 00 │ 02 …                                      5 of 12 bytes of a request
client 1 ← 00 00 00 00 │ 00 00 00 00 00 00 14 40                   response: ok, 5
client 1 → … 00 │ 03 00 │ 53 55 4D 41                              the rest: SUMA 2 3`;
    expect([...readHex(lines)]).toEqual(bytes.slice(0, 12));
    expect([...readHex(lines.replace(/^/gm, "server   │ "))]).toEqual(bytes.slice(0, 12));
    expect([...readHex("← 03 00 00 00 │ 01 00 00 00")]).toEqual([3, 0, 0, 0, 1, 0, 0, 0]);
    expect(() => readHex("→ 14 00 00 00 │ 53 55 4D 41 … 20 bytes      request")).toThrow("left out");
  });

  it("that are none are named, with their place", () => {
    expect(() => readHex("05 0g")).toThrow("‘g’, character 5, is not a hex digit");
    expect(() => readHex("05 x1")).toThrow("‘x’, character 4, is not a hex digit");
    expect(() => readHex("05 0")).toThrow("‘0’, character 4, is alone");
    expect(() => readHex("0 05")).toThrow("‘0’, character 1, is alone");
    expect(() => readHex("🦆")).toThrow("‘🦆’, character 1, is not a hex digit");
    expect(() => readHex("<script>")).toThrow("‘<’, character 1, is not a hex digit");
  });
});
