import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  changeFormat,
  changeHex,
  changeOrder,
  changeText,
  changeValue,
  flipBit,
  leavePreset,
} from "../../../docs/playground/changes.ts";
import { inspect } from "../../../docs/playground/inspection.ts";
import { startFrom } from "../../../docs/playground/presets.ts";
import { pack, unpack } from "../../../src/struct.ts";
import { PRESETS, presetNamed, shown, trouble, typed } from "./lessons.ts";

const REQUEST = startFrom(presetNamed("1.client"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("presets", () => {
  it("are the lessons' packets with their names, and mean something", () => {
    const reading = shown(REQUEST);
    expect(hex(reading.bytes)).toBe("040000000200030053554d41");
    expect(reading.parts.map(({ name, offset }) => [name, offset])).toEqual([
      ["length", 0],
      ["first", 4],
      ["second", 6],
      ["command", 8],
    ]);
    expect(reading.meaning).toBe("request: SUMA 2 3");
    expect(shown(startFrom(presetNamed("1.server"))).meaning).toBe("response: ok, 5");
    expect(shown(startFrom(presetNamed("0.server"))).meaning).toBe("test: id 3 sequence 1");
  });

  it("are all packed without a complaint, with a name for each value", () => {
    for (const preset of PRESETS) {
      const { refused, values } = shown(startFrom(preset));
      expect(refused.filter(Boolean), preset.title).toEqual([]);
      expect(preset.names.length, preset.title).toBe(values.length);
    }
  });

  it("of famous headers have checksums that are right", () => {
    const png = Buffer.from(shown(startFrom(presetNamed("png"))).bytes);
    expect(png.readUInt32BE(29)).toBe(crc32(png.subarray(12, 29)));
    const words = unpack(">10H", shown(startFrom(presetNamed("ipv4"))).bytes);
    // The sum in ones' complement of a whole header is all ones (RFC 791).
    const sum = words.reduce((total, word) => total + word, 0);
    expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff);
  });

  it("of packets that nobody has thought of yet get values that fit", async () => {
    const { lessonPresets } = await import("../../../docs/playground/presets.ts");
    const packet = {
      name: "note",
      from: "client",
      format: "<hB?8sd",
      fields: ["page", "length", "urgent", "title", "price"],
      text: { name: "words", lengthField: "length", max: 64 },
      meaning: "{words}",
    } as const;
    const [preset] = lessonPresets([{ number: 7, title: "Lesson 7", packets: [packet] }]);
    expect(preset).toMatchObject({ id: "7.client", values: ["1", "5", "false", "", "5"], text: "hello" });
  });
});

describe("what is typed", () => {
  it("is refused at its place, in the library's words, each value by itself", () => {
    const { refused, bytes, hex: digits, meaning } = shown({ ...REQUEST, values: ["4", "40000", "x"] });
    expect(refused).toEqual([
      undefined,
      `value 2 of "<ihh", 40000, does not fit: 'h' format requires -32768 <= number <= 32767`,
      `value 3 of "<ihh", "x", does not fit: required argument is not an integer, which 'h' packs`,
    ]);
    expect(hex(bytes)).toBe("040000000000000053554d41");
    expect(digits).toBe("04 00 00 00 ?? ?? ?? ?? 53 55 4D 41");
    expect(meaning).toBeUndefined();
  });

  it("in the format is refused there, and too many bytes, too", () => {
    expect(trouble(typed({ format: "<iz" }))).toMatchObject({ about: "format", place: { from: 2, to: 3 } });
    expect(trouble(typed({ format: "99999999x" }))).toEqual({
      about: "format",
      message: "99999999 bytes are too many to draw: the playground has room for 256",
    });
  });

  it("as a text stays behind where a packet has none", () => {
    expect(shown({ ...startFrom(presetNamed("0.server")), text: "SUMA" }).bytes).toHaveLength(8);
    expect(shown({ ...REQUEST, format: "<ih" }).text).toBeUndefined();
  });

  it("in hex is read, and refused where it is no hex, or too much to draw", () => {
    const { values, typed: inputs, isFromBytes } = shown(typed({ format: ">hB?", hex: "ff fe 07 01" }));
    expect(values).toEqual([-2, 7, true]);
    expect(inputs).toEqual(["-2", "7", "true"]);
    expect(isFromBytes).toBe(true);
    expect(trouble(typed({ format: ">hB?", hex: "zz" })).about).toBe("hex");
    expect(trouble(typed({ format: ">hB?", hex: "00".repeat(257) }))).toEqual({
      about: "hex",
      message: "257 bytes are too many to draw: the playground has room for 256",
    });
  });

  it("in hex may be too little: what is there is drawn, with the gap", () => {
    const reading = shown(typed({ format: ">hiB", hex: "ff fe 07" }));
    expect(reading).toMatchObject({
      arrived: 3,
      typed: ["-2", "", ""],
      refused: [undefined, "3 of its 4 bytes are missing", "1 of its 1 byte is missing"],
      complaint: 'unpack requires a buffer of 7 bytes for ">hiB", not of 3',
      meaning: "a packet of 7 bytes: its reader waits for 4 more",
    });
    expect(inspect(reading, 2)).toMatchObject({
      value: "",
      isRefused: false,
      sentence: "value 2 isn't whole: 3 of its 4 bytes are missing.",
    });
    expect(inspect(reading, 3)).toMatchObject({
      isRefused: true,
      sentence: "value 2 isn't whole: this byte is missing.",
    });
    // Typing a value then makes it whole, with zeros for what was missing.
    const state = typed({ format: ">hiB", hex: "ff fe 07" });
    expect(hex(shown(changeValue(state, reading, 2, "9")).bytes)).toBe("fffe0000000009");
  });

  it("in hex may be too much: the surplus is drawn, and means nothing", () => {
    const reading = shown(typed({ format: ">h", hex: "ff fe 07 08" }));
    expect(reading).toMatchObject({
      arrived: 4,
      values: [-2],
      refused: [undefined],
      complaint: 'unpack requires a buffer of 2 bytes for ">h", not of 4',
      meaning: "a packet of 2 bytes: to its reader, the last 2 bytes are the next packet's",
    });
    expect(reading.parts.at(-1)).toMatchObject({ kind: "surplus", offset: 2, size: 2 });
    expect(inspect(reading, 3)?.sentence).toMatch("The format has no value for this byte.");
  });

  it("in hex may be a part of a lesson's packet, and its reader waits", () => {
    const meaning = (digits: string) => shown({ ...REQUEST, hex: digits }).meaning;
    expect(meaning("04 00")).toBe("the start of a request: its reader waits for its length first");
    expect(meaning("04 00 00 00 02")).toBe("a request of 12 bytes, it says: its reader waits for 7 more");
    const place = { ...startFrom(presetNamed("0.client")), hex: "03 00 00" };
    expect(shown(place).meaning).toBe("an answer of 8 bytes: its reader waits for 5 more");
  });

  it("in hex may have a text behind it, where a packet has one", () => {
    const reading = shown({ ...REQUEST, hex: "05 00 00 00 02 00 03 00 52 45 53 54 41" });
    expect(reading.text).toBe("RESTA");
    expect(reading.meaning).toBe("request: RESTA 2 3");
    expect(shown({ ...REQUEST, hex: "05 00 00 00 02 00 03 00" }).text).toBe("");
  });
});

describe("a length that is not the text's", () => {
  const meaning = (length: string, text = "SUMA") =>
    shown({ ...REQUEST, values: [length, "2", "3"], text }).meaning;

  it("makes a reader wait, take too little, or refuse", () => {
    expect(meaning("9")).toBe("a request of 17 bytes, it says: its reader waits for 5 more");
    expect(meaning("2")).toBe("request: SU 2 3; to its reader, the last 2 bytes are the next packet's");
    expect(meaning("3")).toBe("request: SUM 2 3; to its reader, the last byte is the next packet's");
    expect(meaning("900")).toBe("not a request: a length of 900");
    expect(meaning("1", "\\xff")).toBe("not a request: a command that is not UTF-8");
  });
});

describe("a change", () => {
  it("of the byte order keeps the values and moves their bytes", () => {
    const swapped = changeOrder(REQUEST, ">", PRESETS);
    expect(hex(shown(swapped).bytes)).toBe("000000040002000353554d41");
    expect(shown(swapped).meaning).toBe("request: SUMA 2 3");
    expect(changeOrder(typed({ format: "ih" }), "<", PRESETS).format).toBe("<ih");
  });

  it("of the byte order keeps the bytes where they were typed, and reads other values", () => {
    const state = typed({ format: "<h", hex: "01 02" });
    expect(shown(state).values).toEqual([0x0201]);
    expect(shown(changeOrder(state, ">", PRESETS)).values).toEqual([0x0102]);
  });

  it("of the format keeps values that still make sense, however it is typed", () => {
    const state = typed({ format: "<ihh", values: ["5", "70000", "3"] });
    expect(changeFormat(state, "<ih?", PRESETS).values).toEqual(["5", "70000", "false"]);
    expect(changeFormat(state, "<i4s", PRESETS).values).toEqual(["5", "70000", "3"]);
    const halfway = changeFormat(state, "<ih5", PRESETS);
    expect(halfway.values).toEqual(state.values);
    expect(changeFormat(halfway, "<ih5h", PRESETS).values).toEqual(state.values);
    expect(shown(changeFormat(state, "<ihhhh", PRESETS)).values).toHaveLength(5);
    expect(changeFormat(state, "99999999x", PRESETS).values).toEqual(state.values);
  });

  it("of the format leaves the lesson's packet for good, however it goes on", () => {
    const own = changeFormat(changeFormat(REQUEST, "<ih", PRESETS), "<ihh", PRESETS);
    expect(own.preset).toBe("");
    expect(shown(own)).toMatchObject({ text: undefined, meaning: undefined });
    expect(shown(own).bytes).toHaveLength(8);
    // A format that can't be read is halfway to somewhere, and another byte order is the same packet.
    expect(changeFormat(changeFormat(REQUEST, "<ih5", PRESETS), ">ihh", PRESETS).preset).toBe("1.client");
    // A link may name a preset that its format isn't.
    expect(leavePreset({ ...REQUEST, format: "<ihq" }, PRESETS).preset).toBe("");
    expect(leavePreset(REQUEST, PRESETS)).toBe(REQUEST);
  });

  it("of a bit changes its byte, and the values follow", () => {
    const next = flipBit(REQUEST, shown(REQUEST), 5, 7);
    expect(shown(next)).toMatchObject({
      values: [4, -32766, 3],
      text: "SUMA",
      meaning: "request: SUMA -32766 3",
    });
    expect(hex(shown(flipBit(next, shown(next), 5, 7)).bytes)).toBe("040000000200030053554d41");
    const part = typed({ format: "<i", hex: "01 02" });
    expect(flipBit(part, shown(part), 1, 0).hex).toBe("01 03");
  });

  it("of a value makes the bytes follow, from those that were typed", () => {
    const state = changeHex(typed({ format: "<hh", values: ["9", "9"] }), "01 00 02 00");
    const next = changeValue(state, shown(state), 1, "3");
    expect(next).toMatchObject({ hex: undefined, values: ["1", "3"] });
    expect(hex(shown(next).bytes)).toBe("01000300");
  });

  it("of the text keeps its length right, in bytes", () => {
    const next = changeText(REQUEST, shown(REQUEST), "ñandú");
    expect(next.values[0]).toBe("7");
    expect(shown(next).meaning).toBe("request: ñandú 2 3");
    // Without its byte order the packet is not the lesson's any more, and nobody knows which value is the length.
    const unordered = { ...REQUEST, format: "ihh" };
    expect(changeText(unordered, shown(unordered), "RESTA").values).toEqual(["4", "2", "3"]);
  });
});

describe("a byte that is looked at", () => {
  const look = (format: string, offset: number, ...values: string[]) =>
    inspect(shown(typed({ format, values })), offset);

  it("tells what it is by itself, and what it adds to its value", () => {
    expect(look("<h", 1, "-2")).toMatchObject({ byte: 0xff, signed: -1, ascii: "" });
    expect(look("<h", 0, "-2")?.sentence).toBe(
      "value 1 is -2. This is its byte 1 of 2, the least significant: it adds 254 × 1.",
    );
    expect(look("<h", 1, "-2")?.sentence).toBe(
      "value 1 is -2. This is its byte 2 of 2, the most significant: it adds -1 × 256.",
    );
    expect(look(">H", 0, "65534")?.sentence).toMatch("byte 1 of 2, the most significant: it adds 255 × 256.");
    expect(look("B", 0, "7")?.sentence).toBe("value 1 is 7. This is its one byte.");
    expect(["A", " ", "\\x7f", "\\x0a", "\\xff"].map((value) => look("c", 0, value)?.ascii)).toEqual([
      ...["A", "space", "DEL", "LF", ""],
    ]);
  });

  it("adds, with the others of an integer, up to the value", () => {
    for (const [format, value] of [
      ["<i", "-123456789"],
      [">q", "-9007199254740993"],
      [">I", "4000000000"],
      ["P", "18446744073709551615"],
      ["<n".slice(1), "-5"],
    ] as const) {
      const size = shown(typed({ format, values: [value] })).bytes.length;
      let sum = 0n;
      for (let at = 0; at < size; at++) {
        const [, byte = "", weight = ""] =
          /adds (-?\d+) × (\d+)/.exec(look(format, at, value)?.sentence ?? "") ?? [];
        sum += BigInt(byte) * BigInt(weight);
      }
      expect(sum, format).toBe(BigInt(value));
    }
  });

  it("shows the bits of its whole value, and in a float what they are for", () => {
    const { bits = [] } = look("<f", 0, "-0.15625") ?? {};
    expect(bits.map(({ offset }) => offset)).toEqual([3, 2, 1, 0]);
    expect(bits.map(({ digits }) => digits).join(" ")).toBe("10111110 00100000 00000000 00000000");
    const roles = bits.flatMap((each) => each.roles).join(" ");
    expect(roles).toBe(["sign", ...Array(8).fill("exponent"), ...Array(23).fill("fraction")].join(" "));
    expect(look("<2s", 1, "ab")?.bits.map(({ digits }) => digits)).toEqual(["01100010"]);
  });

  it("of a value that is refused is none", () => {
    expect(look("<b", 0, "200")).toMatchObject({
      isRefused: true,
      sentence: "value 1 is refused, and has no bytes.",
    });
    expect(look("<b", 0, "20")?.isRefused).toBe(false);
  });

  it("of padding tells why it is there", () => {
    expect(look("bi", 1)?.sentence).toBe(
      "Padding, which means nothing: value 2 is next, and i starts at a multiple of 4.",
    );
    expect(look("<xb", 0)?.sentence).toBe("Padding that the format asks for with x. It means nothing.");
    expect(look("b0i", 1)?.sentence).toBe("Padding, which means nothing: a count of 0 aligns the end.");
  });

  it("is none beyond the packet", () => {
    expect(look("<h", 2)).toBeUndefined();
    expect(look("", 0)).toBeUndefined();
  });

  it("has a word beside a value that is a code", () => {
    expect(inspect(shown(startFrom(presetNamed("1.server"))), 0)?.value).toBe("0, ok");
  });
});

it("values of every code come out of the bytes they make", () => {
  const values = ["-1", "255", "true", "-2", "65535", "-3", "4294967295", "-4", "0.5", "ab"];
  const { bytes } = shown(typed({ format: "<bB?hHiIqd3s", values }));
  expect(hex(bytes)).toBe(
    hex(pack("<bB?hHiIqd3s", -1, 255, true, -2, 65535, -3, 4294967295, -4, 0.5, Buffer.from("ab"))),
  );
});
