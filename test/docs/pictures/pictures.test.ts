/** The pictures of packets and conversations: what is committed is what the code draws, and what is drawn is right. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawBuffers, pickMoments } from "../../../docs/pictures/buffers.ts";
import { drawConversation, type Event } from "../../../docs/pictures/conversation.ts";
import { drawAll } from "../../../docs/pictures/draw.ts";
import { drawPacket } from "../../../docs/pictures/packet.ts";
import type { PacketDescription } from "../../../src/packets.ts";

const FOLDER = new URL("../../../docs/pictures/", import.meta.url);

const REQUEST: PacketDescription = {
  name: "request",
  from: "client",
  format: ">Hb",
  fields: ["length", "weight"],
  text: { name: "name", lengthField: "length", max: 64 },
  meaning: "{name} weighs {weight}",
  example: { weight: -2, name: "a<ñ" },
};
const RESPONSE: PacketDescription = {
  name: "response",
  from: "server",
  format: ">H",
  fields: ["sum"],
  meaning: "{sum}",
};

/** The words of a picture, in their order. */
function wordsIn(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, inner = ""]) =>
    inner
      .replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&quot;", '"')
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );
}

describe("the committed pictures", () => {
  const drawn = drawAll();

  test("are all that are drawn, and no others", () => {
    expect(readdirSync(FOLDER).filter((name) => name.endsWith(".svg"))).toEqual([...drawn.keys()].sort());
  });

  test.each([...drawn])("%s is not stale: npx tsx docs/pictures/draw.ts", (name, picture) => {
    expect(readFileSync(new URL(name, FOLDER), "utf8")).toBe(picture);
  });
});

describe("the colours of the kit", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const kit = read("src/kit.css");

  test("are those of the pictures", () => {
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(drawPacket(REQUEST)) ?? [];
    const colours = style.match(/#[0-9a-f]{6}/g) ?? [];
    expect(colours.length).toBeGreaterThan(10);
    expect(colours.filter((colour) => !kit.includes(colour))).toEqual([]);
  });

  test.each(["docs/theme/site.css", "docs/playground/playground.css", "lessons/network/page/page.css"])(
    "have one home: %s sets none of them, and draws no knife",
    (path) => {
      const names = [...kit.matchAll(/^ {2}(--[\w-]+):/gm)].map(([, name]) => name);
      expect(names).toContain("--paper");
      const root = [...read(path).matchAll(/^:root \{(.*?)\n\}/gms)].join();
      const set = [...root.matchAll(/^ {2}(--[\w-]+):/gm)].map(([, name]) => name);
      expect(set.filter((name) => names.includes(name))).toEqual([]);
      expect(read(path)).not.toMatch(/^\.knife(::\w+)? \{/m);
    },
  );
});

describe("a packet", () => {
  test("shows each field's bytes, offset, type and value, in the byte order of the format", () => {
    expect(wordsIn(drawPacket(REQUEST))).toEqual([
      "request",
      "from the client to the server",
      '">Hb", then the name',
      ...["offset 0", "00", "04", "length", '"H"', "4"],
      ...["2", "FE", "weight", '"b"', "-2"],
      ...["3", "61", "3C", "C3", "B1", "name", "UTF-8", '"a<ñ"'],
      "7",
      'means: "a<ñ" weighs -2',
    ]);
  });

  test("says the same to whoever cannot see it", () => {
    expect(drawPacket(REQUEST)).toContain(
      "<desc>length, unsigned short, from offset 0: 00 04 is 4; weight, signed char, from offset 2: FE is -2; ",
    );
  });

  test("needs an example", () => {
    expect(() => drawPacket(RESPONSE)).toThrow("the description of the response has no example");
  });
});

describe("a conversation", () => {
  const draw = (...events: Event[]) => drawConversation({ title: "Talk", events }, [REQUEST, RESPONSE]);

  test("shows who sends what, when, what it means, and how long nothing happens", () => {
    const svg = draw(
      { at: 0, client: 1, is: "connect" },
      { at: 10, client: 1, is: "bytes", from: "client", hex: "0001" },
      { at: 620, client: 1, is: "bytes", from: "client", hex: "0561" },
      { at: 700, client: 1, is: "bytes", from: "server", hex: "0007" },
      { at: 710, client: 1, is: "end", from: "client" },
      { at: 720, client: 1, is: "reset", from: "server" },
      { at: 730, client: 1, is: "note", from: "server", text: "client 1 left" },
    );
    expect(wordsIn(svg)).toEqual([
      ...["Talk", "client", "server"],
      ...["0.0 s", "connects"],
      ...["00 01 …", "2 of 4 bytes of a request"],
      "0.6 s pass",
      ...["0.6 s", "… 05 │ 61", "the rest: a weighs 5"],
      ...["00 07", "response: 7"],
      "goodbye (FIN)",
      "reset (RST)",
      "client 1 left",
    ]);
    expect(svg).toContain("At 0.6 s the client to the server: … 05 │ 61, the rest: a weighs 5.\n");
  });

  test("gives a second client a lane of its own, and counts what is too much to draw", () => {
    const svg = draw(
      { at: 0, client: 1, is: "connect" },
      { at: 0, client: 2, is: "connect" },
      {
        at: 1,
        client: 2,
        is: "many",
        from: "server",
        until: 2001,
        packets: 12345,
        bytes: 24690,
        hex: "0007",
      },
      { at: 2500, client: 2, is: "end", from: "client" },
    );
    expect(wordsIn(svg)).toEqual([
      ...["Talk", "client 1", "server", "client 2"],
      ...["0.0 s", "connects", "connects"],
      ...["12,345 responses, 24,690 bytes, in 2.0 s", "the last: 7"],
      ...["0.5 s pass", "0.5 s pass", "2.5 s", "goodbye (FIN)"],
    ]);
    expect(svg).toContain("the server to client 2: 12,345 responses");
  });
});

describe("buffers", () => {
  test("shows what each holds at each moment, as full as the most that it ever held", () => {
    const svg = drawBuffers({
      title: "Where",
      end: "the client left",
      containers: [
        { bytes: "answers", owner: "server", name: "program" },
        { bytes: "answers", owner: "client", name: "operating system" },
      ],
      moments: [
        { at: 0, bytes: [0, 0] },
        { at: 1500, bytes: [512, 65_536] },
        { at: 2000, bytes: [256, 4_100_000] },
      ],
    });
    expect(wordsIn(svg)).toEqual([
      ...["Where", "answers", "the server’s", "program", "the client’s", "operating", "system"],
      ...["0.0 s", "0", "0"],
      ...["1.5 s", "512 B", "66 kB"],
      ...["2.0 s", "256 B", "4.1 MB"],
      "the client left",
    ]);
    expect(svg).toContain("answers in the client’s operating system: 4.1 MB");
    const heights = [...svg.matchAll(/height="([\d.]+)" rx="4" fill=/g)].map(([, height]) => Number(height));
    expect(heights).toEqual([32, 16, 32]); // 66 kB of 4.1 MB is less than a pixel
  });

  test("shows when one begins to fill, is half full and is full, and how it ends", () => {
    const samples = Array.from({ length: 101 }, (_, index) => ({
      at: index * 10,
      bytes: [Math.min(Math.max(index - 30, 0) * 4, 100)],
    }));
    expect(pickMoments(samples).map(({ at }) => at)).toEqual([0, 320, 430, 540, 1000]);
  });
});
