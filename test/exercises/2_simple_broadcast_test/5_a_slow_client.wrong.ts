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
    says: /Don't keep a position that has been written/,
  },
  { name: "forgets what there is no room for", edits: [[KEEP, ""]], says: /You kept nothing/ },
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
    says: /`once` listens to one only/,
  },
  { name: "never has room again", edits: [["    this.#hasRoom = true;\n", ""]], says: /next "drain"/ },
  {
    name: "what was sent is kept",
    edits: [[FORGET, "const kept = [...this.#newest];"]],
    says: /still kept/,
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
    says: /would be sent twice/,
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
    says: /It is not slow. What is `static`/,
  },
  {
    name: "nowhere is thrown away",
    edits: [
      [
        KEEP,
        "else if (position[7] === 0x80 && position[5] === 0x80) this.#newest.delete(id);\n    else this.#newest.set(id, position);",
      ],
    ],
    says: /must learn that client 3 has left/,
  },
  {
    name: "only when everything was taken",
    edits: [[WRITE, "if (this.#stream.writableLength === 0) this.#hasRoom = this.#stream.write(position);"]],
    says: /There was room for 2 more/,
  },
  {
    name: "a timer looks whether there is room",
    edits: [
      [
        DRAIN,
        "setInterval(() => {\n      if (!this.#hasRoom && !stream.writableNeedDrain) this.#sendKept();\n    }, 10);",
      ],
    ],
    says: /It was sent later.*use no timer/s,
  },
  {
    name: "looks each turn of the event loop",
    edits: [
      [
        DRAIN,
        "const look = () => {\n      if (!this.#hasRoom && !stream.writableNeedDrain) this.#sendKept();\n      setImmediate(look);\n    };\n    look();",
      ],
    ],
    says: /It was sent later.*use no timer/s,
  },
  {
    name: "puts it off to the next turn",
    edits: [[DRAIN, 'stream.on("drain", () => setImmediate(() => this.#sendKept()));']],
    says: /It was sent later/,
  },
  {
    name: "only at the next move",
    edits: [
      [DRAIN, ""],
      [
        WRITE,
        "if (!this.#hasRoom && !this.#stream.writableNeedDrain) this.#sendKept();\n    if (this.#hasRoom) this.#hasRoom = this.#stream.write(position);",
      ],
    ],
    says: /nothing was sent.*at the next move.*on\("drain"/s,
  },
  {
    name: "a listener for each that is kept",
    edits: [
      [DRAIN, ""],
      [
        KEEP,
        'else {\n      this.#newest.set(id, position);\n      this.#stream.once("drain", () => this.#sendKept());\n    }',
      ],
    ],
    says: /100 listeners for "drain"/,
  },
  {
    name: "a listener more for each time it is slow",
    edits: [
      [DRAIN, ""],
      [
        WRITE,
        'if (this.#hasRoom) {\n      this.#hasRoom = this.#stream.write(position);\n      if (!this.#hasRoom) this.#stream.on("drain", () => this.#sendKept());\n    }',
      ],
    ],
    says: /listeners for "drain".*One is enough/s,
  },
  {
    name: "what comes goes before what is kept",
    edits: [
      [WRITE, "if (!this.#stream.writableNeedDrain) this.#stream.write(position);"],
      [DRAIN, 'stream.on("drain", () => queueMicrotask(() => this.#sendKept()));'],
    ],
    says: /Kept positions must be sent before new ones/,
  },
  {
    name: "waits with forEach",
    edits: [
      [DRAIN, ""],
      [
        KEEP,
        'else {\n      this.#newest.set(id, position);\n      if (this.#newest.size === 1) this.#wait();\n    }\n  }\n\n  #wait(): void {\n    [this.#stream].forEach(async (stream) => {\n      await new Promise<void>((resolve) => stream.once("drain", () => setTimeout(resolve, 5)));\n      this.#sendKept();\n    });',
      ],
    ],
    says: /It was sent later.*forEach\(async/s,
  },
] satisfies WrongAnswer[];
