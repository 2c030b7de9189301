/**
 * What a client costs lesson 0's server, as a task and as a thread, and whether ten thousand clients that answer a
 * packet a second for a minute are all served, each in order.
 *
 *     npm run bench:clients -- [--clients N] [--seconds S] [--threads N] [--smoke]
 *
 * It prints a table in Markdown for the guide of lesson 0. The memory is that of the server's whole process: the
 * most it had while all clients were there, less what it had before they came, divided among them. `--smoke` runs
 * fewer clients for a shorter time, to see that all of this works.
 *
 * @module
 */

import { cpus } from "node:os";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { numberFlag, readCommandLine, switchFlag } from "../../src/command_line.ts";
import type { Crowd } from "./crowd.ts";
import type { Load } from "./load.ts";
import { printTable, residentBytes, runJson, secondsFlag, startServer, tsx } from "./processes.ts";

const { options } = readCommandLine("npm run bench:clients -- [flags]", {
  clients: numberFlag("N", undefined, 1, 60_000, "how many clients, as tasks; 10000 if not given"),
  threads: numberFlag("N", undefined, 1, 1000, "how many clients, as threads; 100 if not given"),
  seconds: secondsFlag(undefined, "how long they stay; 60 if not given"),
  smoke: switchFlag("few clients for a few seconds, to see that it works"),
});
const CLIENTS = options.clients ?? (options.smoke ? 500 : 10_000);
const SECONDS = options.seconds ?? (options.smoke ? 3 : 60);
const THREADS = options.threads ?? (options.smoke ? 4 : 100);

/** How many clients connect at the same time: fewer than the server lets wait to be accepted. */
const AT_ONCE = 500;

/** How many clients come one after the other to see how long one waits for its first packet. */
const ALONE = options.smoke ? 3 : 20;

/** The most memory that a client may cost as a task, in bytes. */
const GOAL = 20 * 1024;

const LESSON_0 = "../../lessons/0_simple_test_packets/server.ts";
const LESSON_1 = "../../lessons/1_simple_math_server/server.ts";

/** What a client costs. */
interface Cost {
  /** Memory of the server, in bytes; NaN where it cannot be measured. */
  readonly memory: number;
  /** Milliseconds from connecting to the first packet, for one client that comes alone. */
  readonly alone: number;
  /** The same for the last one of a crowd that comes at once. */
  readonly crowded: number;
  /** Microseconds from a request to its answer, in lesson 1. */
  readonly roundTrip: number;
}

async function measureCost(clients: number, seconds: number, ...flags: string[]): Promise<Cost> {
  const alone = await measureCrowd(ALONE, 1, 0, flags);
  const crowded = await measureCrowd(THREADS, THREADS, 0, flags);
  const crowd = await measureCrowd(clients, AT_ONCE, seconds, flags);
  const { packets, fewest, seconds: passed } = crowd;
  console.log(
    `${clients} clients ${flags.join(" ")} for ${passed.toFixed(1)} s: ${packets} packets, ` +
      `${fewest} or more for each client, in order, and none was closed`,
  );

  const server = await startServer("lesson 1", tsx(LESSON_1, "--port", "0", ...flags));
  const load = await runJson<Load>("load.ts", server.port, server.pid, 1, 1, options.smoke ? 0.2 : 3);
  await server.stop();
  return {
    memory: crowd.memory / clients,
    alone: alone.firstPacket.median,
    crowded: crowded.firstPacket.max,
    roundTrip: (load.seconds / load.requests) * 1e6,
  };
}

/** Lets a crowd connect to a server of its own, and stay; throws if a client was not served as it should be. */
async function measureCrowd(clients: number, atOnce: number, seconds: number, flags: string[]) {
  const server = await startServer(
    "lesson 0",
    tsx(LESSON_0, "--port", "0", "--max-clients", `${clients}`, ...flags),
  );
  await setTimeout(500); // what starting left behind is cleared away
  const before = residentBytes(server.pid) ?? Number.NaN;
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, residentBytes(server.pid) ?? Number.NaN);
  }, 100);
  try {
    const crowd = await runJson<Crowd>("crowd.ts", server.port, clients, atOnce, seconds);
    if (crowd.closed > 0) throw new Error(`${crowd.closed} of ${clients} clients were closed`);
    if (crowd.wrong > 0) throw new Error(`${crowd.wrong} packets were not the next one of their client`);
    return { ...crowd, memory: most - before };
  } finally {
    clearInterval(sampler);
    await server.stop();
  }
}

function size(bytes: number): string {
  if (Number.isNaN(bytes)) return "–";
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

async function main(): Promise<void> {
  const task = await measureCost(CLIENTS, SECONDS);
  const thread = await measureCost(THREADS, Math.min(SECONDS, 10), "--threads");

  const [processor] = cpus();
  console.log(`\nNode ${process.version}, ${cpus().length} × ${processor?.model}\n`);
  printTable([
    ["what a client costs", "as a task", "as a thread"],
    ["memory of the server", size(task.memory), size(thread.memory)],
    ["time until its first packet, alone", `${task.alone.toFixed(1)} ms`, `${thread.alone.toFixed(0)} ms`],
    [
      `the same for the last of ${THREADS} that come at once`,
      `${task.crowded.toFixed(0)} ms`,
      `${thread.crowded.toFixed(0)} ms`,
    ],
    ["round trip of a request", `${task.roundTrip.toFixed(0)} µs`, `${thread.roundTrip.toFixed(0)} µs`],
  ]);
  const reached = task.memory <= GOAL ? "reached" : "missed";
  if (!options.smoke)
    console.log(
      `\nthe goal of at most ${size(GOAL)} for a task: ${Number.isNaN(task.memory) ? "–" : reached}`,
    );
}

await main();
