import type { WrongAnswer } from "../wrong.ts";

const WRITE = "if (this.#hasRoom) this.#hasRoom = this.#stream.write(position);";
const KEEP = "else this.#newest.set(id, position);";
const DRAIN = 'stream.on("drain", () => this.#sendKept());';
const AGAIN = "for (const [id, position] of kept) this.put(id, position);";
const FORGET = "const kept = this.#newest;\n    this.#newest = new Map();";

export default [
  {
    name: "writes all the same",
    edits: [
      [WRITE, "this.#hasRoom = this.#stream.write(position);"],
      [KEEP, ""],
    ],
    says: /write no more until "drain"/,
  },
  {
    name: "writes, and keeps as well",
    edits: [
      [WRITE, "this.#hasRoom = this.#stream.write(position);"],
      [KEEP, "this.#newest.set(id, position);"],
    ],
    says: /need not be kept/,
  },
  { name: "forgets what there is no room for", edits: [[KEEP, ""]], says: /Nothing is kept/ },
  {
    name: "keeps everything",
    edits: [
      ["#newest = new Map<number, Uint8Array>();", "#newest: [number, Uint8Array][] = [];"],
      [KEEP, "else this.#newest.push([id, position]);"],
      ["this.#newest.size", "this.#newest.length"],
      ["this.#newest = new Map();", "this.#newest = [];"],
    ],
    says: /Everything is kept/,
  },
  {
    name: "keeps one for all",
    edits: [[KEEP, "else {\n      this.#newest.clear();\n      this.#newest.set(id, position);\n    }"]],
    says: /Only one position is kept/,
  },
  {
    name: "keeps the first",
    edits: [[KEEP, "else if (!this.#newest.has(id)) this.#newest.set(id, position);"]],
    says: /The first position was kept/,
  },
  { name: "no listener of drain", edits: [[DRAIN, ""]], says: /next "drain"/ },
  {
    name: "one drain only",
    edits: [[DRAIN, 'stream.once("drain", () => this.#sendKept());']],
    says: /next "drain"|"drain" there is room/,
  },
  { name: "never has room again", edits: [["    this.#hasRoom = true;\n", ""]], says: /next "drain"/ },
  {
    name: "what was sent is kept",
    edits: [[FORGET, "const kept = [...this.#newest];"]],
    says: /still kept|sent again/,
  },
  {
    name: "sends all that was kept, room or not",
    edits: [[AGAIN, "for (const position of kept.values()) this.#hasRoom = this.#stream.write(position);"]],
    says: /`write` may return false again/,
  },
  {
    name: "loses what there was no room for again",
    edits: [
      [
        AGAIN,
        "for (const position of kept.values()) if (this.#hasRoom) this.#hasRoom = this.#stream.write(position);",
      ],
    ],
    says: /never told where/,
  },
  {
    name: "the one that write refused is kept as well",
    edits: [
      [WRITE, "if (this.#hasRoom && (this.#hasRoom = this.#stream.write(position))) return;"],
      [KEEP, "this.#newest.set(id, position);"],
    ],
    says: /.+/,
  },
  {
    name: "looks at writableLength",
    edits: [
      [
        WRITE,
        "if (this.#stream.writableLength <= this.#stream.writableHighWaterMark) this.#stream.write(position);",
      ],
    ],
    says: /One too many/,
  },
  {
    name: "one room for all",
    edits: [
      [
        "  #hasRoom = true;",
        "  static room = true;\n  get #hasRoom() {\n    return Outbox.room;\n  }\n  set #hasRoom(room: boolean) {\n    Outbox.room = room;\n  }",
      ],
    ],
    says: /.+/,
  },
  {
    name: "nowhere is thrown away",
    edits: [
      [
        KEEP,
        "else if (position[7] === 0x80 && position[5] === 0x80) this.#newest.delete(id);\n    else this.#newest.set(id, position);",
      ],
    ],
    says: /must be told that it has left/,
  },
  {
    name: "only when everything was taken",
    edits: [[WRITE, "if (this.#stream.writableLength === 0) this.#hasRoom = this.#stream.write(position);"]],
    says: /write until then|.+/,
  },
] satisfies WrongAnswer[];
