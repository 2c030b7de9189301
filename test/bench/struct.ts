/**
 * How fast src/struct.ts is: against Buffer code written by hand for one format, the npm packages that
 * do the same, and CPython's own C module where python3 is present. All run in this one process, one
 * format after another and round by round, so that neither the machine nor the compiler favours any.
 *
 *     npm run bench:struct              about a minute
 *     npm run bench:struct -- --smoke   a few seconds, to see that it works; its numbers mean nothing
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import process from "node:process";
import { Bench } from "tinybench";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { pack, packInto, Struct, unpack, unpackFrom } from "../../src/struct.ts";

const require = createRequire(import.meta.url);
const { jspack } = require("jspack");
const pythonStruct = require("python-struct");
const bufferpack = require("bufferpack");

const { options: flags } = readCommandLine("npm run bench:struct -- [flags]", {
  smoke: switchFlag("a few seconds, to see that it works; the numbers mean nothing"),
});
const ROUNDS = flags.smoke ? 1 : 3;
const MILLISECONDS = flags.smoke ? 2 : 100;

/** Calls in one measured batch, so that reading the clock costs nothing beside them. */
const BATCH = 1000;

const CONTESTANTS = [
  "Struct",
  "functions",
  "by hand",
  "python-struct",
  "jspack",
  "bufferpack",
  "CPython",
] as const;
const OPERATIONS = ["pack", "unpack", "packInto", "unpackFrom"] as const;
type Contestant = (typeof CONTESTANTS)[number];
type Operation = (typeof OPERATIONS)[number];

/** What is measured: a call whose arguments vary with `i`. */
type Call = (i: number) => unknown;

/** Not every package can start at an offset. */
type Calls = Record<"pack" | "unpack", Call> & Partial<Record<Operation, Call>>;

interface Suite {
  format: string;
  /** What a call with `i = 5` packs, in Python's words. */
  python: string;
  /** The same bytes, in hex. */
  bytes: string;
  calls: Partial<Record<Contestant, Calls>>;
}

const OFFSET = 8;

/** Bytes to unpack: two of each, because what never changes could be computed once. */
function inputs(hex: string): [Buffer, Buffer] {
  const bytes = Buffer.from(hex, "hex");
  return [Buffer.from(bytes), Buffer.from(bytes)];
}

function requests(): Suite {
  const hex = "0500000002000300";
  const struct = new Struct("<ihh");
  const bytes = inputs(hex);
  const room = Buffer.alloc(64);
  const rooms = inputs("00".repeat(OFFSET) + hex + "00".repeat(OFFSET));
  const write = (to: Buffer, at: number, a: number, b: number, c: number) => {
    to.writeInt32LE(a, at);
    to.writeInt16LE(b, at + 4);
    to.writeInt16LE(c, at + 6);
  };
  const read = (from: Buffer, at: number) => [
    from.readInt32LE(at),
    from.readInt16LE(at + 4),
    from.readInt16LE(at + 6),
  ];
  return {
    format: "<ihh",
    python: "5, 2, 3",
    bytes: hex,
    calls: {
      Struct: {
        pack: (i) => struct.pack(i, 2, 3),
        unpack: (i) => struct.unpack(bytes[i & 1] as Buffer),
        packInto: (i) => struct.packInto(room, OFFSET, i, 2, 3),
        unpackFrom: (i) => struct.unpackFrom(rooms[i & 1] as Buffer, OFFSET),
      },
      functions: {
        pack: (i) => pack("<ihh", i, 2, 3),
        unpack: (i) => unpack("<ihh", bytes[i & 1] as Buffer),
        packInto: (i) => packInto("<ihh", room, OFFSET, i, 2, 3),
        unpackFrom: (i) => unpackFrom("<ihh", rooms[i & 1] as Buffer, OFFSET),
      },
      "by hand": {
        pack: (i) => {
          const packed = Buffer.allocUnsafe(8);
          write(packed, 0, i, 2, 3);
          return packed;
        },
        unpack: (i) => read(bytes[i & 1] as Buffer, 0),
        packInto: (i) => write(room, OFFSET, i, 2, 3),
        unpackFrom: (i) => read(rooms[i & 1] as Buffer, OFFSET),
      },
      "python-struct": {
        pack: (i) => pythonStruct.pack("<ihh", [i, 2, 3]),
        unpack: (i) => pythonStruct.unpack("<ihh", bytes[i & 1]),
      },
      jspack: {
        pack: (i) => jspack.Pack("<ihh", [i, 2, 3]),
        unpack: (i) => jspack.Unpack("<ihh", bytes[i & 1], 0),
        packInto: (i) => jspack.PackTo("<ihh", room, OFFSET, [i, 2, 3]),
        unpackFrom: (i) => jspack.Unpack("<ihh", rooms[i & 1], OFFSET),
      },
      bufferpack: {
        pack: (i) => bufferpack.pack("<ihh", [i, 2, 3]),
        unpack: (i) => bufferpack.unpack("<ihh", bytes[i & 1], 0),
        packInto: (i) => bufferpack.packTo("<ihh", room, OFFSET, [i, 2, 3]),
        unpackFrom: (i) => bufferpack.unpack("<ihh", rooms[i & 1], OFFSET),
      },
    },
  };
}

function records(): Suite {
  const hex = "0102fffd0000000500000000000000073ff8000000000000";
  const struct = new Struct(">BBhiqd");
  const bytes = inputs(hex);
  const room = Buffer.alloc(64);
  const rooms = inputs("00".repeat(OFFSET) + hex + "00".repeat(OFFSET));
  const write = (
    to: Buffer,
    at: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: bigint,
    f: number,
  ) => {
    to.writeUInt8(a, at);
    to.writeUInt8(b, at + 1);
    to.writeInt16BE(c, at + 2);
    to.writeInt32BE(d, at + 4);
    to.writeBigInt64BE(e, at + 8);
    to.writeDoubleBE(f, at + 16);
  };
  const read = (from: Buffer, at: number) => [
    from.readUInt8(at),
    from.readUInt8(at + 1),
    from.readInt16BE(at + 2),
    from.readInt32BE(at + 4),
    from.readBigInt64BE(at + 8),
    from.readDoubleBE(at + 16),
  ];
  return {
    format: ">BBhiqd",
    python: "1, 2, -3, 5, 7, 1.5",
    bytes: hex,
    calls: {
      Struct: {
        pack: (i) => struct.pack(1, 2, -3, i, 7n, 1.5),
        unpack: (i) => struct.unpack(bytes[i & 1] as Buffer),
        packInto: (i) => struct.packInto(room, OFFSET, 1, 2, -3, i, 7n, 1.5),
        unpackFrom: (i) => struct.unpackFrom(rooms[i & 1] as Buffer, OFFSET),
      },
      functions: {
        pack: (i) => pack(">BBhiqd", 1, 2, -3, i, 7n, 1.5),
        unpack: (i) => unpack(">BBhiqd", bytes[i & 1] as Buffer),
        packInto: (i) => packInto(">BBhiqd", room, OFFSET, 1, 2, -3, i, 7n, 1.5),
        unpackFrom: (i) => unpackFrom(">BBhiqd", rooms[i & 1] as Buffer, OFFSET),
      },
      "by hand": {
        pack: (i) => {
          const packed = Buffer.allocUnsafe(24);
          write(packed, 0, 1, 2, -3, i, 7n, 1.5);
          return packed;
        },
        unpack: (i) => read(bytes[i & 1] as Buffer, 0),
        packInto: (i) => write(room, OFFSET, 1, 2, -3, i, 7n, 1.5),
        unpackFrom: (i) => read(rooms[i & 1] as Buffer, OFFSET),
      },
      // Neither package knows bigint: each gets, and gives, its own form of a 64-bit integer.
      "python-struct": {
        pack: (i) => pythonStruct.pack(">BBhiqd", [1, 2, -3, i, 7, 1.5]),
        unpack: (i) => pythonStruct.unpack(">BBhiqd", bytes[i & 1]),
      },
      jspack: {
        pack: (i) => jspack.Pack(">BBhiqd", [1, 2, -3, i, [7, 0], 1.5]),
        unpack: (i) => jspack.Unpack(">BBhiqd", bytes[i & 1], 0),
        packInto: (i) => jspack.PackTo(">BBhiqd", room, OFFSET, [1, 2, -3, i, [7, 0], 1.5]),
        unpackFrom: (i) => jspack.Unpack(">BBhiqd", rooms[i & 1], OFFSET),
      },
      // bufferpack has no 64-bit integers.
    },
  };
}

function samples(): Suite {
  const hex = "0500feff030004000500060007000800090010001100120013001400150016ff";
  const struct = new Struct("<16h");
  const bytes = inputs(hex);
  const room = Buffer.alloc(64);
  const rooms = inputs("00".repeat(OFFSET) + hex + "00".repeat(OFFSET));
  const rest = struct.unpack(bytes[0]).slice(1);
  const [b, c, d, e, f, g, h, j, k, l, m, n, o, p, q] = rest as unknown as [
    ...[number, number, number, number, number],
    ...[number, number, number, number, number],
    ...[number, number, number, number, number],
  ];
  const write = (to: Buffer, at: number, values: readonly number[]) => {
    for (const value of values) {
      to.writeInt16LE(value, at);
      at += 2;
    }
  };
  const read = (from: Buffer, at: number) => {
    const values = [];
    for (const end = at + 32; at < end; at += 2) values.push(from.readInt16LE(at));
    return values;
  };
  return {
    format: "<16h",
    python: [5, ...rest].join(", "),
    bytes: hex,
    calls: {
      Struct: {
        pack: (i) => struct.pack(i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q),
        unpack: (i) => struct.unpack(bytes[i & 1] as Buffer),
        packInto: (i) => struct.packInto(room, OFFSET, i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q),
        unpackFrom: (i) => struct.unpackFrom(rooms[i & 1] as Buffer, OFFSET),
      },
      functions: {
        pack: (i) => pack("<16h", i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q),
        unpack: (i) => unpack("<16h", bytes[i & 1] as Buffer),
        packInto: (i) => packInto("<16h", room, OFFSET, i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q),
        unpackFrom: (i) => unpackFrom("<16h", rooms[i & 1] as Buffer, OFFSET),
      },
      "by hand": {
        pack: (i) => {
          const packed = Buffer.allocUnsafe(32);
          write(packed, 0, [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]);
          return packed;
        },
        unpack: (i) => read(bytes[i & 1] as Buffer, 0),
        packInto: (i) => write(room, OFFSET, [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpackFrom: (i) => read(rooms[i & 1] as Buffer, OFFSET),
      },
      "python-struct": {
        pack: (i) => pythonStruct.pack("<16h", [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpack: (i) => pythonStruct.unpack("<16h", bytes[i & 1]),
      },
      jspack: {
        pack: (i) => jspack.Pack("<16h", [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpack: (i) => jspack.Unpack("<16h", bytes[i & 1], 0),
        packInto: (i) =>
          jspack.PackTo("<16h", room, OFFSET, [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpackFrom: (i) => jspack.Unpack("<16h", rooms[i & 1], OFFSET),
      },
      bufferpack: {
        pack: (i) => bufferpack.pack("<16h", [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpack: (i) => bufferpack.unpack("<16h", bytes[i & 1], 0),
        packInto: (i) =>
          bufferpack.packTo("<16h", room, OFFSET, [i, b, c, d, e, f, g, h, j, k, l, m, n, o, p, q]),
        unpackFrom: (i) => bufferpack.unpack("<16h", rooms[i & 1], OFFSET),
      },
    },
  };
}

/** A fast wrong answer counts for nothing: all must pack the same bytes and unpack the same values. */
function verify({ format, python, bytes, calls }: Suite): void {
  for (const [contestant, operations] of Object.entries(calls)) {
    const packed = Buffer.from(operations.pack(5) as Uint8Array).toString("hex");
    // Some give a 64-bit integer as an array of two halves or an object that prints as the number.
    const toNumber = (value: unknown) => Number(Array.isArray(value) ? value[0] : value);
    const unpacked = (operations.unpack(5) as unknown[]).map(toNumber);
    if (packed !== bytes || unpacked.join(", ") !== python) {
      throw new Error(
        `${contestant} packs ${format} to ${packed} and unpacks ${unpacked}, not ${bytes} and ${python}`,
      );
    }
  }
}

/** Where every result goes, so that no call is optimised away for having no effect. */
const sink = { value: undefined as unknown };

/**
 * A batch of calls. The loop is compiled anew for each: with one loop for all, the engine could not inline
 * what it calls, and a few nanoseconds of calling would be added to all and make them look alike. Each text has a name
 * in it, because engines compile the same text only once.
 */
function batch(name: string, call: Call): () => void {
  return new Function(
    "call",
    "sink",
    `/* ${name} */ return () => { for (let i = 0; i < ${BATCH}; i++) sink.value = call(i); }`,
  )(call, sink);
}

/** Nanoseconds per call, by `format operation contestant`. */
const times = new Map<string, number>();
const keyOf = (...names: string[]) => names.join(" ");

async function measure({ format, calls }: Suite): Promise<void> {
  const bench = new Bench({ time: MILLISECONDS, warmupTime: MILLISECONDS / 4 });
  for (const operation of OPERATIONS) {
    for (const contestant of CONTESTANTS) {
      const call = calls[contestant]?.[operation];
      if (call !== undefined)
        bench.add(keyOf(format, operation, contestant), batch(keyOf(format, operation, contestant), call));
    }
  }
  await bench.run();
  for (const { name, result } of bench.tasks) {
    if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
    const nanoseconds = (result.latency.p50 * 1e6) / BATCH;
    times.set(name, Math.min(nanoseconds, times.get(name) ?? Infinity));
  }
}

/** The same calls in CPython, as methods of a Struct, each the best of several repeats. */
function measurePython(suites: Suite[]): string | undefined {
  const script = `
import json, platform, struct, sys, timeit
number, repeat, suites = json.load(sys.stdin)
times = {}
for format, values in suites:
    names = {"s": struct.Struct(format), "room": bytearray(64)}
    names["data"] = eval(f"s.pack({values})", names)
    names["big"] = bytes(${OFFSET}) + names["data"]
    for operation, call in (("pack", f"s.pack({values})"), ("unpack", "s.unpack(data)"),
                            ("packInto", f"s.pack_into(room, ${OFFSET}, {values})"),
                            ("unpackFrom", "s.unpack_from(big, ${OFFSET})")):
        best = min(timeit.repeat(call, globals=names, number=number, repeat=repeat))
        times[f"{format} {operation} CPython"] = best / number * 1e9
print(json.dumps([platform.python_version(), times]))
`;
  const input = JSON.stringify([
    flags.smoke ? 1000 : 200_000,
    5,
    suites.map(({ format, python }) => [format, python]),
  ]);
  const { status, stdout } = spawnSync("python3", ["-c", script], { input, encoding: "utf8" });
  if (status !== 0) return undefined;
  const [version, measured] = JSON.parse(stdout) as [string, Record<string, number>];
  for (const [name, nanoseconds] of Object.entries(measured)) times.set(name, nanoseconds);
  return version;
}

function table(
  suites: Suite[],
  title: string,
  cell: (format: string, operation: Operation, who: Contestant) => string,
) {
  console.log(`\n${title}\n`);
  const line = (cells: string[]) =>
    console.log(cells.map((text, column) => (column < 2 ? text.padEnd(11) : text.padStart(14))).join(""));
  line(["", "", ...CONTESTANTS]);
  for (const { format } of suites) {
    for (const operation of OPERATIONS) {
      line([format, operation, ...CONTESTANTS.map((who) => cell(format, operation, who))]);
    }
  }
}

/** The worst of all formats and operations, which is what a goal is about. */
function worst(suites: Suite[], fast: Contestant, slow: Contestant[]): string {
  let ratio = Infinity;
  let where = "";
  for (const { format } of suites) {
    for (const operation of OPERATIONS) {
      const ours = times.get(keyOf(format, operation, fast));
      const theirs = Math.min(...slow.map((who) => times.get(keyOf(format, operation, who)) ?? Infinity));
      if (ours === undefined || theirs / ours >= ratio) continue;
      ratio = theirs / ours;
      where = `${format} ${operation}`;
    }
  }
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} (${where})` : "not measured";
}

const suites = [requests(), records(), samples()];
for (const suite of suites) verify(suite);
for (let round = 0; round < ROUNDS; round++) {
  for (const suite of round % 2 === 0 ? suites : suites.toReversed()) await measure(suite);
}
const python = measurePython(suites);

const { bun, deno } = process.versions as { bun?: string; deno?: string };
const engine = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${process.version}`;
console.log(`${engine}, ${python === undefined ? "no python3" : `CPython ${python}`}`);
table(
  suites,
  "How many times the speed of code written by hand (more is better)",
  (format, operation, who) => {
    const time = times.get(keyOf(format, operation, who));
    const hand = times.get(keyOf(format, operation, "by hand")) as number;
    return time === undefined ? "–" : `${(hand / time).toFixed(2)}×`;
  },
);
table(suites, "Nanoseconds a call (less is better)", (format, operation, who) => {
  return times.get(keyOf(format, operation, who))?.toFixed(1) ?? "–";
});
console.log(`
At worst, Struct is so many times as fast as
  code written by hand      ${worst(suites, "Struct", ["by hand"])}
  the fastest npm package   ${worst(suites, "Struct", ["python-struct", "jspack", "bufferpack"])}
  CPython's C module        ${worst(suites, "Struct", ["CPython"])}
and the plain functions are so many times as fast as Struct
                            ${worst(suites, "functions", ["Struct"])}`);
if (flags.smoke) console.log("\nA smoke run: these numbers mean nothing.");
