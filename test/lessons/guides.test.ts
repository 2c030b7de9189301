import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TEST_PACKET } from "../../lessons/0_simple_test_packets/protocol.ts";
import { packRequest, RESPONSE, STATUS } from "../../lessons/1_simple_math_server/protocol.ts";
import { PLACE, POSITION } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { KIND, packMessage } from "../../lessons/3_simple_cluster_test/protocol.ts";

/** What the drawings show: client 3's first test; SUMA 2 3, and its answer; a place, and whose it is. */
const PACKED: Record<string, Uint8Array[]> = {
  "0_simple_test_packets": [TEST_PACKET.pack(3, 1)],
  "1_simple_math_server": [packRequest("SUMA", 2, 3), RESPONSE.pack(STATUS.OK, 5)],
  "2_simple_broadcast_test": [PLACE.pack(12, 7), POSITION.pack(3, 12, 7)],
  "3_simple_cluster_test": [
    packMessage({ kind: KIND.MOVES, link: 0x5a001b2e, positions: [POSITION.pack(3, 12, 7)] }),
  ],
};

/** A step without its first comment, which always differs. */
const codeOf = (text: string) => text.slice(text.indexOf("\n */\n"));

const LESSONS = new URL("../../lessons/", import.meta.url);
const lessons = readdirSync(LESSONS).filter((name) => /^\d+_/.test(name));
const steps = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, step]) => step);

describe.each(lessons)("the guide of %s", (lesson) => {
  const read = (file: string) => readFileSync(new URL(`${lesson}/${file}`, LESSONS), "utf8");

  it("has the same steps, with the same titles and in the same order, as the code", () => {
    const inGuide = steps(read("README.md"), /^### (Step \d+ · .+)$/gm);
    // Where the handler has a file of its own, the steps begin there; those of a client may end in another.
    const programs = ["handler.ts", "server.ts", "client.ts", "walker.ts"].filter((file) =>
      existsSync(new URL(`${lesson}/${file}`, LESSONS)),
    );
    const inCode = programs.flatMap((file) => steps(read(file), /^ *\/\/ (Step \d+ · .+)$/gm));
    expect(inGuide).toEqual(inCode);
    expect(inGuide.map((step) => step?.split(" ")[1])).toEqual(inGuide.map((_, index) => `${index + 1}`));
  });

  it("shows all that differs between two steps where it shows a difference", () => {
    const guide = read("README.md");
    const blocks = [...guide.matchAll(/^<!-- diff: (\S+) (\S+) -->\n\n```diff\n([\s\S]*?)^```$/gm)];
    expect(blocks).toHaveLength(steps(guide, /^(```diff)$/gm).length);
    for (const [, before = "", after = "", shown = ""] of blocks) {
      let code = codeOf(read(`steps/${before}`));
      for (const hunk of shown.split(/^@@ … @@\n/m).filter(Boolean)) {
        const side = (sign: string) =>
          hunk.replace(new RegExp(`^[^ \n${sign}].*\n`, "gm"), "").replace(/^./gm, "");
        expect(code.split(side("-")), `${hunk} is in one place of ${before}`).toHaveLength(2);
        code = code.replace(side("-"), () => side("+"));
      }
      expect(code).toBe(codeOf(read(`steps/${after}`)));
    }
  });

  it("draws the bytes that the protocol packs, in the comment of its protocol", () => {
    const drawn = [...read("protocol.ts").matchAll(/^ \* +bytes +((?:[0-9A-F]{2} +)*[0-9A-F]{2})/gm)];
    const packed = PACKED[lesson]?.map((bytes) => Buffer.from(bytes).toString("hex").toUpperCase());
    expect(drawn.map(([, bytes]) => bytes?.replaceAll(" ", ""))).toEqual(packed);
  });
});

it("docs/map.md has the same parts as the map's code, with the same titles and in the same order", () => {
  const read = (path: string) => readFileSync(new URL(path, LESSONS), "utf8");
  const inPage = steps(read("../docs/map.md"), /^## (Map \d+ · .+)$/gm);
  expect(inPage).toEqual(steps(read("2_simple_broadcast_test/map.ts"), /^ *\/\/ (Map \d+ · .+)$/gm));
  expect(inPage.length).toBeGreaterThan(0);
});
