/**
 * How fast lesson 1's server is, measured as a user starts it, next to two others that answer the same bytes:
 *
 * - least: the minimal Node server, one callback and no layers (least_server.ts)
 * - Python: one thread for each client and the struct module, as in the original course (thread_server.py)
 *
 *     npm run bench:server -- [--rounds N] [--seconds S] [--smoke]
 *
 * A machine's speed changes from minute to minute. So the servers take turns in short rounds, what is compared
 * is the ratio within a round, and the median of the rounds' ratios is what counts. A ratio of processor time
 * per request stands beside it: it holds even if the load generator, rather than the server, is the limit.
 * `--smoke` only checks that all of this works.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { numberFlag, readCommandLine, switchFlag } from "../../src/command_line.ts";
import type { Load } from "./load.ts";
import {
  median,
  printTable,
  runJson,
  type ServerProcess,
  secondsFlag,
  startServer,
  tsx,
} from "./processes.ts";

const { options } = readCommandLine("npm run bench:server -- [flags]", {
  rounds: numberFlag("N", 7, 1, 1000, "how often each server has its turn"),
  seconds: secondsFlag(2, "how long a turn is"),
  smoke: switchFlag("one short round, to see that it works"),
});
const rounds = options.smoke ? 1 : options.rounds;
const seconds = options.smoke ? 0.2 : options.seconds;

const LESSON = "../../lessons/1_simple_math_server/server.ts";

/** Ours must reach this many times what the minimal server and the Python server reach. */
const CASES = [
  { clients: 50, inFlight: 1, least: 0.9, python: 3 },
  { clients: 50, inFlight: 16, least: 0.5, python: 12 },
  { clients: 1, inFlight: 1, least: 0.9, python: undefined },
];

/** What one server did in one round. */
interface Result extends Load {
  readonly perSecond: number;
  /** Microseconds of processor time that the server used per request. */
  readonly cpuPerRequest: number;
}

async function measure(server: ServerProcess, clients: number, inFlight: number): Promise<Result> {
  const load = await runJson<Load>("load.ts", server.port, server.pid, clients, inFlight, seconds);
  if (load.requests === 0) throw new Error(`${server.name} answered nothing`);
  return {
    ...load,
    perSecond: load.requests / load.seconds,
    cpuPerRequest: ((load.serverCpu ?? Number.NaN) / load.requests) * 1e6,
  };
}

async function startServers(): Promise<ServerProcess[]> {
  const servers = [
    await startServer("least", tsx("least_server.ts")),
    await startServer("ours", tsx(LESSON, "--port", "0")),
    await startServer("ours, --threads", tsx(LESSON, "--port", "0", "--threads")),
  ];
  if (spawnSync("python3", ["--version"]).status === 0) {
    const file = fileURLToPath(new URL("thread_server.py", import.meta.url));
    servers.push(await startServer("Python", ["python3", file]));
  } else {
    console.log("Python: skipped, there is no python3 here\n");
  }
  return servers;
}

function ratio(
  results: Map<string, Result[]>,
  of: string,
  to: string,
  key: "perSecond" | "cpuPerRequest",
): number {
  const others = results.get(to) ?? [];
  return median(
    (results.get(of) ?? []).map((result, round) => result[key] / (others[round]?.[key] ?? Number.NaN)),
  );
}

const times = (value: number) => (Number.isNaN(value) ? "–" : `${value.toFixed(2)} ×`);

async function main(): Promise<void> {
  const servers = await startServers();
  try {
    const ratios = [
      ["clients × in flight", "goal", "ours / least", "CPU", "goal", "ours / Python", "threads / least"],
    ];
    const speeds = [["clients × in flight", "server", "requests/s", "CPU µs/request", "load generator busy"]];
    for (const { clients, inFlight, least, python } of CASES) {
      const results = new Map<string, Result[]>(servers.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const server of servers)
          results.get(server.name)?.push(await measure(server, clients, inFlight));
      }
      const name = `${clients} × ${inFlight}`;
      ratios.push([
        name,
        `≥ ${times(least)}`,
        times(ratio(results, "ours", "least", "perSecond")),
        times(1 / ratio(results, "ours", "least", "cpuPerRequest")),
        python ? `≥ ${times(python)}` : "–",
        times(ratio(results, "ours", "Python", "perSecond")),
        times(ratio(results, "ours, --threads", "least", "perSecond")),
      ]);
      for (const [server, all] of results) {
        speeds.push([
          name,
          server,
          Math.round(median(all.map(({ perSecond }) => perSecond))).toLocaleString("en"),
          median(all.map(({ cpuPerRequest }) => cpuPerRequest)).toFixed(1),
          `${Math.round(100 * median(all.map(({ busy }) => busy)))} %`,
        ]);
      }
    }
    console.log(`Node ${process.version}, ${cpus().length} processors, ${rounds} rounds of ${seconds} s\n`);
    printTable(ratios);
    console.log();
    printTable(speeds);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

await main();
