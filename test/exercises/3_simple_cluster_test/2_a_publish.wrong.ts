import type { WrongAnswer } from "../wrong.ts";

const START = "const start = [PUBLISH << 4, ...encodeLength(length), name.length >> 8, name.length & 0xff];";
const LENGTH = "const length = 2 + name.length + payload.length;";
const REST = "const rest = packet.subarray(1 + sizeOfLength(packet));";
const END = "const end = 2 + high * 256 + low;";
const HAS_ID = "const hasId = (first & 0x06) !== 0;";
const RETAINED = "isRetained: (first & 0x01) !== 0,";
const TYPE = "if (first >> 4 !== PUBLISH) return undefined;";

export default [
  {
    name: "the type in the lower bits",
    edits: [[START, START.replace("PUBLISH << 4", "PUBLISH")]],
    says: /upper four bits of the first byte/,
  },
  {
    name: "the lowest byte first",
    edits: [
      [START, "const start = [PUBLISH << 4, ...encodeLength(length), name.length & 0xff, name.length >> 8];"],
    ],
    says: /highest byte comes first/,
  },
  {
    name: "the topic's length not counted",
    edits: [[LENGTH, "const length = name.length + payload.length;"]],
    says: /counts the two bytes/,
  },
  {
    name: "the whole packet counted",
    edits: [[LENGTH, "const length = 4 + name.length + payload.length;"]],
    says: /only what comes after it/,
  },
  {
    name: "characters counted",
    edits: [[START, START.replaceAll("name.length", "topic.length")]],
    says: /one character and two bytes/,
  },
  {
    name: "one byte for the remaining length",
    edits: [[START, START.replace("...encodeLength(length)", "length & 0xff")]],
    says: /takes more than one byte/,
  },
  {
    name: "one byte for the remaining length, when reading",
    edits: [
      [REST, "const rest = packet.subarray(2);"],
      ["function sizeOfLength", "export function sizeOfLength"],
    ],
    says: /takes more than one byte, so the rest/,
  },
  {
    name: "the lowest byte first, when reading",
    edits: [[END, "const end = 2 + low * 256 + high;"]],
    says: /Is the topic's length the right way round/,
  },
  {
    name: "one byte of the topic's length",
    edits: [[END, "const end = 2 + low;"]],
    says: /takes both bytes/,
  },
  {
    name: "one byte for each character",
    edits: [
      [
        "new TextDecoder().decode(rest.subarray(2, end))",
        'Buffer.from(rest.subarray(2, end)).toString("latin1")',
      ],
    ],
    says: /not one byte for each character/,
  },
  {
    name: "only 30 is a PUBLISH",
    edits: [[TYPE, "if (first !== 0x30) return undefined;"]],
    says: /Only the upper four bits are the type/,
  },
  { name: "never retained", edits: [[RETAINED, "isRetained: false,"]], says: /lowest bit says/ },
  {
    name: "any flag is retain",
    edits: [[RETAINED, "isRetained: (first & 0x0f) !== 0,"]],
    says: /Retain is the lowest bit/,
  },
  { name: "no packet id", edits: [[HAS_ID, "const hasId = false;"]], says: /packet id of two bytes/ },
  { name: "any packet is a PUBLISH", edits: [[TYPE, ""]], says: /this isn't a PUBLISH/ },
  {
    name: "the topic's length believed",
    edits: [["if (start > rest.length) return undefined;", ""]],
    says: /compare before you read/,
  },
  {
    name: "a view of the packet",
    edits: [["payload: rest.slice(start)", "payload: rest.subarray(start)"]],
    says: /was overwritten/,
  },
] satisfies WrongAnswer[];
