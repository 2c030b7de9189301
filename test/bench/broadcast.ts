/**
 * How fast lesson 2's server is, measured as a user starts it, next to two others that send the same bytes:
 *
 * - minimal: a Node server with one loop and no limits (minimal_broadcast_server.ts)
 * - Python: one thread for each client, which loops over all sockets, as in the original course
 *   (thread_broadcast_server.py)
 *
 *     npm run bench:broadcast -- [--rounds N] [--seconds S] [--smoke]
 *
 * A load is e.g. 1,000 × 1: so many clients, each of which moves so many times a second. Every move has to be sent to
 * all of them, so that is a million deliveries a second. Some of the clients may be deaf: they move, but do not read.
 *
 * As in server.ts the servers take turns in short rounds, and what counts is the median of the rounds' ratios. Each turn
 * has a server of its own, so that memory is compared from the same start. `--smoke` only checks that all of this works.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { numberFlag, readCommandLine, switchFlag } from "../../src/command_line.ts";
import type { BroadcastLoad } from "./broadcast_load.ts";
import { median, printTable, runJson, secondsFlag, startServer, tsx } from "./processes.ts";

const { options } = readCommandLine("npm run bench:broadcast -- [flags]", {
  rounds: numberFlag("N", 3, 1, 1000, "how often each server has its turn"),
  seconds: secondsFlag(4, "how long a turn is"),
  smoke: switchFlag("one short round with few clients, to see that it works"),
});
const rounds = options.smoke ? 1 : options.rounds;
const seconds = options.smoke ? 0.2 : options.seconds;

/** How long the memory is watched, in seconds. */
const WATCH = 20;

/** Positions that the server that only writes puts in one write: about as many as ours does at a million a second. */
const BATCH = 8;

/** The bounds of a client's patience are not what is measured: those who do not read stay. */
const PATIENT = ["--timeout", "3600000"];
const LESSON = "../../lessons/2_simple_broadcast_test/server.ts";

type Command = [string, ...string[]];

/** How each server is started. */
const THREADS = "ours, --threads";
const SERVERS: Record<string, Command> = {
  minimal: tsx("minimal_broadcast_server.ts"),
  ours: tsx(LESSON, "--port", "0", ...PATIENT),
  [THREADS]: tsx(LESSON, "--port", "0", ...PATIENT, "--threads"),
  Python: ["python3", fileURLToPath(new URL("thread_broadcast_server.py", import.meta.url))],
};

/** A load. */
interface Case {
  readonly clients: number;
  /** How often each of them moves in a second. */
  readonly moves: number;
  /** How many of them do not read. */
  readonly deaf: number;
}

/** Each load without and with deaf clients, which are measured one right after the other. */
const CASES: readonly (readonly Case[])[] = options.smoke
  ? [both(10, 10, 1)]
  : [
      [{ clients: 20, moves: 10, deaf: 0 }],
      both(100, 10, 10),
      both(1000, 1, 100),
      // Up to here ours delivers all that is asked for, and no ratio can show by how much more it could.
      [{ clients: 1000, moves: 4, deaf: 0 }],
    ];

function both(clients: number, moves: number, deaf: number): readonly Case[] {
  return [0, deaf].map((deaf) => ({ clients, moves, deaf }));
}

/** Up to how many clients a thread for each is measured too: more take long to start, and 20 MiB each. */
const MAX_THREADS = 20;

/** Loads that show how memory grows. Half of the clients deaf is a lot, but then a minute is not needed to see it. */
const MEMORY_CASES: readonly Case[] = [
  { clients: 50, moves: 50, deaf: 25 },
  { clients: 1000, moves: 1, deaf: 100 },
];

/** What one server did in one round. */
interface Result extends BroadcastLoad {
  /** Deliveries. */
  readonly perSecond: number;
  /** Microseconds of processor time that the server used for each delivery. */
  readonly cpu: number;
}

async function measure(command: Command, { clients, moves, deaf }: Case, time = seconds): Promise<Result> {
  const server = await startServer(command.join(" "), command);
  try {
    const load = await runJson<BroadcastLoad>(
      "broadcast_load.ts",
      server.port,
      server.pid,
      clients,
      moves,
      deaf,
      time,
    );
    return {
      ...load,
      perSecond: load.deliveries === 0 ? 0 : load.deliveries / load.seconds,
      cpu: (load.serverCpu / load.deliveries) * 1e6,
    };
  } finally {
    await server.stop();
  }
}

const asked = ({ clients, moves, deaf }: Case) => (clients - deaf) * clients * moves;
const nameOf = ({ clients, moves, deaf }: Case) =>
  `${clients.toLocaleString("en")} × ${moves}${deaf > 0 ? `, ${deaf} deaf` : ""}`;

/** A number in words; one that could not be measured is a dash. */
const show = (value: number, unit = "", digits = 0) =>
  Number.isFinite(value)
    ? `${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit}`
    : "–";
const times = (value: number) => show(value, " ×", 2);
const percent = (value: number) => show(100 * value, " %");
const milliseconds = (value: number) => show(value, " ms", 1);
const mebibytes = (value: number) => show(value / 1024 / 1024, " MiB");

/** The median over the rounds. */
function over(results: readonly Result[], value: (result: Result, round: number) => number): number {
  return median(results.map(value));
}

/** What every server did in each round. */
type Results = ReadonlyMap<Case, Map<string, Result[]>>;

/** The turns of a round: which load for which server. */
function turns(hasPython: boolean): { each: Case; name: string }[] {
  const isLeftOut = ({ clients, deaf }: Case, name: string) =>
    (!hasPython && (name === "Python" || deaf > 0)) ||
    (name === THREADS && (clients > MAX_THREADS || deaf > 0));
  return CASES.flatMap((group) =>
    Object.keys(SERVERS).flatMap((name) =>
      group.filter((each) => !isLeftOut(each, name)).map((each) => ({ each, name })),
    ),
  );
}

async function measureAll(hasPython: boolean): Promise<Results> {
  const all = new Map(CASES.flat().map((each) => [each, new Map<string, Result[]>()]));
  for (let round = 0; round < rounds; round++) {
    for (const { each, name } of turns(hasPython)) {
      const result = await measure(SERVERS[name] as Command, each);
      all.get(each)?.set(name, [...(all.get(each)?.get(name) ?? []), result]);
    }
  }
  return all;
}

/** What has a goal. Below about a hundred thousand deliveries a second, Python too delivers all that is asked for. */
function printRatios(all: Results): void {
  const rows = [
    ["clients × moves/s", "goal", "ours / minimal", "CPU", "goal", "ours / Python", "CPU"],
    ["clients × moves/s", "goal", "p99 age, ours", "goal", "of that without deaf clients"],
  ].map((heading) => [heading]) as [string[][], string[][]];
  for (const [each, results] of all) {
    const ours = results.get("ours") ?? [];
    if (ours.length === 0) continue;
    const ratio = (others: readonly Result[] | undefined, value: (result: Result) => number) =>
      others ? over(ours, (result, round) => value(result) / value(others[round] as Result)) : Number.NaN;
    const minimal = results.get("minimal");
    const python = results.get("Python");
    const isFull = asked(each) > 500_000;
    rows[0].push([
      nameOf(each),
      "≥ 0.80 ×",
      times(ratio(minimal, ({ perSecond }) => perSecond)),
      times(1 / ratio(minimal, ({ cpu }) => cpu)),
      isFull ? "≥ 10.00 ×" : "–",
      times(ratio(python, ({ perSecond }) => perSecond)),
      times(1 / ratio(python, ({ cpu }) => cpu)),
    ]);
    const [, withoutDeaf] = [...all].find(([other]) => nameOf(other) === nameOf({ ...each, deaf: 0 })) ?? [];
    rows[1].push([
      nameOf(each),
      isFull ? "< 250.0 ms" : "–",
      milliseconds(over(ours, ({ age }) => age.p99)),
      each.deaf > 0 ? "≤ 1.20 ×" : "–",
      each.deaf > 0 ? times(ratio(withoutDeaf?.get("ours"), ({ age }) => age.p99)) : "–",
    ]);
  }
  for (const table of rows) print(table);
}

function printResults(all: Results): void {
  const rows = [
    [
      "clients × moves/s",
      "server",
      "deliveries/s",
      "of those asked for",
      "age p50",
      "age p99",
      "CPU µs/delivery",
      "memory",
      "positions/read",
      "moves late, p99",
      "load generator busy",
    ],
  ];
  for (const [each, results] of all) {
    for (const [server, list] of results) {
      const middle = (value: (result: Result) => number) => over(list, value);
      const perSecond = middle((result) => result.perSecond);
      rows.push([
        nameOf(each),
        server,
        show(perSecond),
        percent(perSecond / asked(each)),
        milliseconds(middle(({ age }) => age.p50)),
        milliseconds(middle(({ age }) => age.p99)),
        show(
          middle(({ cpu }) => cpu),
          "",
          2,
        ),
        mebibytes(middle(({ memory }) => Math.max(...memory))),
        show(
          middle(({ perRead }) => perRead),
          "",
          1,
        ),
        milliseconds(middle(({ late }) => late.p99)),
        percent(middle(({ busy }) => busy)),
      ]);
    }
  }
  print(rows);
}

/** Watches the memory of servers that have clients that do not read. */
async function printMemory(): Promise<void> {
  const times = [0, 1, 2, 3, 4].map((quarter) => `after ${(WATCH * quarter) / 4} s`);
  const rows = [["memory", "server", ...times]];
  for (const each of MEMORY_CASES) {
    for (const name of ["minimal", "ours"]) {
      const { memory } = await measure(SERVERS[name] as Command, each, WATCH);
      rows.push([nameOf(each), name, ...memory.map(mebibytes)]);
    }
  }
  print(rows);
}

/** What the load generator takes from a server that only writes: as fast as that can, and as much as is asked for. */
async function printWriter(each: Case): Promise<void> {
  const rows = [
    ["positions/write", "deliveries/s", "age p50", "age p99", "moves late, p99", "load generator busy"],
  ];
  for (const [batch, pause] of [
    [1, 0],
    [BATCH, 0],
    [BATCH, (1000 * BATCH * each.clients) / asked(each)],
  ] as const) {
    const writer = tsx("writer_server.ts", `${each.clients}`, `${batch}`, `${pause}`);
    const { perSecond, age, late, busy } = await measure(writer, each);
    rows.push([
      `${batch}${pause > 0 ? `, every ${pause} ms` : ", as fast as it can"}`,
      show(perSecond),
      milliseconds(age.p50),
      milliseconds(age.p99),
      milliseconds(late.p99),
      percent(busy),
    ]);
  }
  console.log(`\n${each.clients} clients of a server that only writes:`);
  print(rows);
}

function print(rows: readonly (readonly string[])[]): void {
  console.log();
  printTable(rows);
}

async function main(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus().length} processors, ${rounds} rounds of ${seconds} s`);
  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  if (!hasPython) console.log("Python and deaf clients: skipped, there is no python3 here");

  const all = await measureAll(hasPython);
  printRatios(all);
  printResults(all);
  if (hasPython && !options.smoke) await printMemory();
  await printWriter(
    options.smoke ? { clients: 10, moves: 10, deaf: 0 } : { clients: 1000, moves: 1, deaf: 0 },
  );
}

await main();
