import { afterAll, describe, expect, it, vi } from "vitest";
import { PACKETS as TEST_PACKETS } from "../../lessons/0_simple_test_packets/protocol.ts";
import {
  PACKETS as MATH_PACKETS,
  packRequest,
  RESPONSE,
} from "../../lessons/1_simple_math_server/protocol.ts";
import {
  decode,
  encode,
  fieldsOf,
  meaningOf,
  type PacketDescription,
  PacketSplitter,
  type Piece,
  sizeOf,
  valueInWords,
} from "../../src/packets.ts";
import { drawLine, logWire } from "../../src/wire.ts";

// Other files may share this process: they get modules of their own.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const named = (name: string) => [...TEST_PACKETS, ...MATH_PACKETS].find((packet) => packet.name === name);
const REQUEST = named("request") as PacketDescription;
const RESPONSE_PACKET = named("response") as PacketDescription;
const TEST = named("test") as PacketDescription;

/** The lines that --bytes prints for these chunks of one direction. */
function lines(packet: PacketDescription, ...chunks: Uint8Array[]): string[] {
  const splitter = new PacketSplitter(packet);
  return chunks
    .flatMap((chunk) => splitter.push(chunk))
    .map((piece) => drawLine("client 1 → ", packet, piece));
}

const sum = packRequest("SUMA", 2, 3);

describe("a packet's description", () => {
  it("tells where each field is", () => {
    expect(fieldsOf(REQUEST)).toEqual([
      { name: "length", offset: 0, size: 4 },
      { name: "first", offset: 4, size: 2 },
      { name: "second", offset: 6, size: 2 },
      { name: "command", offset: 8, size: undefined },
    ]);
    expect(fieldsOf(TEST).map(({ offset }) => offset)).toEqual([0, 4]);
  });

  it("decodes the fields and the text", () => {
    expect(decode(REQUEST, sum)).toEqual({ length: 4, first: 2, second: 3, command: "SUMA" });
    expect(decode(RESPONSE_PACKET, RESPONSE.pack(2, Number.NaN))).toEqual({ status: 2, result: Number.NaN });
  });

  it("packs the fields and the text, and counts its bytes", () => {
    expect(encode(REQUEST, { first: 2, second: 3, command: "SUMA" })).toEqual(new Uint8Array(sum));
    expect(encode(REQUEST, { length: 1, first: 2, second: 3, command: "ñ" })).toEqual(
      new Uint8Array(packRequest("ñ", 2, 3)),
    );
    expect(encode(TEST, { id: 3, sequence: 1 })).toEqual(Uint8Array.of(3, 0, 0, 0, 1, 0, 0, 0));
  });

  it("keeps a byte order mark, which makes another command", () => {
    expect(decode(REQUEST, packRequest("\u{feff}SUMA", 2, 3))).toMatchObject({ command: "\u{feff}SUMA" });
  });

  it("tells a packet's size as soon as its length is there, wherever that stands", () => {
    const packet: PacketDescription = {
      name: "note",
      from: "client",
      format: "<bhiB",
      fields: ["kind", "page", "length", "urgent"],
      text: { name: "words", lengthField: "length", max: 64 },
      meaning: "{words}",
    };
    const note = Uint8Array.of(7, 1, 0, 3, 0, 0, 0, 1, 0x61, 0x62, 0x63);
    expect(sizeOf(packet, note.subarray(0, 6))).toBeUndefined();
    expect(sizeOf(packet, note.subarray(0, 7))).toBe(11);
    expect(sizeOf(packet, note)).toBe(11);
  });

  it("says what a packet means, with the words for its codes", () => {
    expect(meaningOf(REQUEST, sum)).toBe("SUMA 2 3");
    expect(meaningOf(RESPONSE_PACKET, RESPONSE.pack(0, 5))).toBe("ok, 5");
    expect(meaningOf(RESPONSE_PACKET, RESPONSE.pack(0, -0))).toBe("ok, -0");
    expect(meaningOf(RESPONSE_PACKET, RESPONSE.pack(1, Number.NaN))).toBe("unknown command, NaN");
    expect(meaningOf(RESPONSE_PACKET, RESPONSE.pack(7, 5))).toBe("7, 5");
  });

  it("escapes text that came from a stranger", () => {
    expect(meaningOf(REQUEST, packRequest("\x1b[2J\n", 2, 3))).toBe('"\\u{1b}[2J\\u{a}" 2 3');
    expect(meaningOf(REQUEST, packRequest("ñandú", 2, 3))).toBe("ñandú 2 3");
  });

  it("says in its own words what a value means, and what a packet without fields means", () => {
    const bare = { name: "answer", from: "server" as const, fields: [] };
    const lucky = { ...bare, format: "<b", fields: ["dice"], meaning: () => "lucky" };
    expect(meaningOf(lucky, new Uint8Array([6]))).toBe("lucky");
    const empty = { ...bare, format: "<", meaning: "nothing" };
    expect(fieldsOf(empty)).toEqual([]);
    expect(meaningOf(empty, new Uint8Array())).toBe("nothing");
  });
});

describe("a value in words", () => {
  it.each([
    [3.5, "3.5"],
    [-0, "-0"],
    [2n ** 63n, "9223372036854775808"],
    [Buffer.from("room"), "room"],
    [Buffer.from(" ~"), " ~"],
    [Buffer.from([0x72, 0x1f]), "72 1F"],
    [Buffer.from([0x72, 0x7f]), "72 7F"],
    [Buffer.from([0x0c, 0, 7, 0]), "0C 00 07 00"],
  ])("%s is %j", (value, words) => {
    expect(valueInWords(value)).toBe(words);
  });
});

describe("the bytes on the wire", () => {
  it("are grouped by field, with the meaning in a column of its own", () => {
    expect(lines(REQUEST, sum)).toEqual([
      "client 1 → 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41               request: SUMA 2 3",
    ]);
    expect(lines(RESPONSE_PACKET, RESPONSE.pack(0, 5))).toEqual([
      "client 1 → 00 00 00 00 │ 00 00 00 00 00 00 14 40                   response: ok, 5",
    ]);
  });

  it("show what is missing where a chunk ends inside a packet, and that the next one continues it", () => {
    expect(lines(REQUEST, sum.subarray(0, 5), sum.subarray(5))).toEqual([
      "client 1 → 04 00 00 00 │ 02 …                                      5 of 12 bytes of a request",
      "client 1 → … 00 │ 03 00 │ 53 55 4D 41                              the rest: SUMA 2 3",
    ]);
    expect(lines(REQUEST, ...Array.from(sum, (byte) => Uint8Array.of(byte)))).toEqual([
      "client 1 → 04 …                                                    1 byte of a request",
      "client 1 → … 00 …                                                  2 bytes of a request",
      "client 1 → … 00 …                                                  3 bytes of a request",
      "client 1 → … 00 …                                                  4 of 12 bytes of a request",
      "client 1 → … 02 …                                                  5 of 12 bytes of a request",
      "client 1 → … 00 …                                                  6 of 12 bytes of a request",
      "client 1 → … 03 …                                                  7 of 12 bytes of a request",
      "client 1 → … 00 …                                                  8 of 12 bytes of a request",
      "client 1 → … 53 …                                                  9 of 12 bytes of a request",
      "client 1 → … 55 …                                                  10 of 12 bytes of a request",
      "client 1 → … 4D …                                                  11 of 12 bytes of a request",
      "client 1 → … 41                                                    the rest: SUMA 2 3",
    ]);
  });

  it("are called what the guide calls them, in English", () => {
    const [line] = lines(named("answer") as PacketDescription, Uint8Array.of(1, 0));
    expect(line).toMatch(/ 2 of 8 bytes of an answer$/);
  });

  it("are a line for each packet in a chunk, whatever its cuts", () => {
    const stream = Buffer.concat([sum, packRequest("RESTA", -1, 4), packRequest("DIVISION", 7, 2)]);
    const meanings = ["SUMA 2 3", "RESTA -1 4", "DIVISION 7 2"];
    for (let cut = 1; cut < stream.length; cut++) {
      const drawn = lines(REQUEST, stream.subarray(0, cut), stream.subarray(cut));
      const whole = drawn.map((line) => /(?:request|the rest): (.*)$/.exec(line)?.[1]).filter(Boolean);
      expect(whole, `cut before byte ${cut}`).toEqual(meanings);
    }
  });

  it("are shown as what they are where they are no packet, and so is what follows", () => {
    expect(lines(REQUEST, new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), sum)).toEqual([
      "client 1 → 47 45 54 20 2F 20 48 54 … 18 bytes                      not a request: a length of 542393671",
      "client 1 → 04 00 00 00 02 00 03 00 53 55 4D 41                     not a request: after a length of 542393671",
    ]);
    expect(lines(REQUEST, packRequest("S", 0, 0).fill(0xff, 8))).toEqual([
      "client 1 → 01 00 00 00 00 00 00 00 FF                              not a request: a command that is not UTF-8",
    ]);
  });

  it("are cut where a field is long, with their number, and the line stays a line", () => {
    expect(lines(REQUEST, packRequest("A".repeat(64), 2, 3))).toEqual([
      `client 1 → 40 00 00 00 │ 02 00 │ 03 00 │ 41 41 41 41 … 64 bytes    request: ${"A".repeat(64)} 2 3`,
    ]);
  });

  it("have a colour for each field, and none between them, where there is a terminal that shows it", async () => {
    vi.stubEnv("FORCE_COLOR", "1");
    vi.resetModules();
    const wire = await import("../../src/wire.ts");
    vi.unstubAllEnvs();
    const [piece] = new PacketSplitter(REQUEST).push(sum);
    const [cyan, magenta, blue, green, end] = [36, 35, 34, 32, 39].map((code) => `\x1b[${code}m`);
    expect(wire.drawLine("→ ", REQUEST, piece as Piece)).toBe(
      `→ ${cyan}04 00 00 00${end} │ ${magenta}02 00${end} │ ${blue}03 00${end} │ ${green}53 55 4D 41${end}` +
        `${" ".repeat(24)}request: SUMA 2 3`,
    );
  });

  it("cannot be drawn where a side has no packet, and that is said at once", () => {
    expect(() => logWire("client 1", "server", [REQUEST])).toThrow(
      "no packet that the server sends is described",
    );
  });

  it("are not blamed for a mistake in the description", () => {
    const packet = { ...TEST, format: "<i!" };
    expect(() => lines(packet, sum)).toThrow(/'!'|"!"/);
  });

  it("cost a bounded amount of memory to follow, however long the chunk", () => {
    const pieces = new PacketSplitter(REQUEST).push(Buffer.concat(Array(5000).fill(sum)));
    expect(pieces).toHaveLength(5000);
    expect(pieces.every(({ is, packet }) => is === "whole" && packet.buffer.byteLength === 12)).toBe(true);
  });
});
