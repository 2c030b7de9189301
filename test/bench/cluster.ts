/**
 * What a room of several servers costs: lesson 3's servers, measured as a user starts them, with each of two brokers.
 *
 *     npm run bench:cluster -- [--seconds S] [--smoke]
 *
 * The clients move once a second, and every move has to be sent to all of them, whichever server they are on. Servers, broker
 * and clients share this machine, so more servers don't make it faster. The tables show where the time goes instead, and how it
 * grows: servers send the broker a message for the moves of each turn of the event loop, and the broker sends it to every server.
 *
 * After each measurement everything stops. Then nobody may have missed anyone's last move. At the end a server is killed as
 * `kill -9` does it. `--smoke` only checks that all of this works.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import type { ClusterLoad } from "./cluster_load.ts";
import { printTable, runJson, type ServerProcess, secondsFlag, startServer, tsx } from "./processes.ts";

const { options } = readCommandLine("npm run bench:cluster -- [flags]", {
  seconds: secondsFlag(10, "how long each measurement is"),
  smoke: switchFlag("few clients for a short time, to see that it works"),
});
const seconds = options.smoke ? 0.5 : options.seconds;

const LESSON = "../../lessons/3_simple_cluster_test";

/** Debian puts it where only the administrator's shell looks. */
const MOSQUITTO = ["mosquitto", "/usr/sbin/mosquitto"].find((name) => !spawnSync(name, ["-h"]).error);

const BROKERS: Record<string, () => Promise<Pick<ServerProcess, "port" | "pid" | "stop">>> = {
  aedes: () => startServer("aedes", tsx(`${LESSON}/broker.ts`, "--port", "0")),
  ...(MOSQUITTO === undefined ? {} : { Mosquitto: () => startMosquitto(MOSQUITTO) }),
};

/** Starts Mosquitto. It doesn't say where it listens, so it is told, and asked until it does. */
async function startMosquitto(program: string) {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, "close");

  const folder = mkdtempSync(join(tmpdir(), "mosquitto-"));
  const settings = join(folder, "mosquitto.conf");
  writeFileSync(settings, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type error\n`);
  const child = spawn(program, ["-c", settings], { stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  while (child.exitCode === null && !(await listens(port))) await setTimeout(20);
  if (child.pid === undefined || child.exitCode !== null) throw new Error("Mosquitto does not listen");
  const stop = async () => {
    child.kill();
    await gone;
    rmSync(folder, { recursive: true });
  };
  return { port, pid: child.pid, stop };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** What is measured. */
interface Case {
  readonly broker: string;
  readonly servers: number;
  readonly clients: number;
  /** Whether the moves of a turn are one message. If not, each is a message of its own. */
  readonly gathers: boolean;
}

const CASES: readonly Case[] = (options.smoke ? [10] : [200, 1000]).flatMap((clients) =>
  (options.smoke ? [2] : [1, 2, 3]).flatMap((servers) =>
    Object.keys(BROKERS).flatMap((broker) =>
      (servers === 2 ? [true, false] : [true]).map((gathers) => ({ broker, servers, clients, gathers })),
    ),
  ),
);

async function measure({ broker: name, servers: count, clients, gathers }: Case): Promise<ClusterLoad> {
  const broker = await (BROKERS[name] as (typeof BROKERS)[string])();
  const servers: ServerProcess[] = [];
  try {
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const [node, ...rest] = tsx(`${LESSON}/server.ts`, "--port", "0", "--broker", url);
    const last = rest.findIndex((word) => word.endsWith("server.ts"));
    if (!gathers) rest.splice(last, 0, "--import", import.meta.resolve("./message_a_move.ts"));
    while (servers.length < count) servers.push(await startServer("server", [node, ...rest]));
    const pairs = servers.flatMap(({ port, pid }) => [port, pid]);
    return await runJson<ClusterLoad>(
      "cluster_load.ts",
      ...[broker.port, broker.pid, clients, Math.round(seconds * 1000), ...pairs],
    );
  } finally {
    for (const server of servers) await server.stop();
    await broker.stop();
  }
}

/** A number in words; one that could not be measured is a dash. */
const show = (value: number, unit = "", digits = 0) =>
  Number.isFinite(value)
    ? `${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit}`
    : "–";
const milliseconds = (value: number) => show(value, " ms", value < 10 ? 1 : 0);
const percent = (value: number) => show(100 * value, " %");

/** The broker's part of the processor time of servers and broker. */
const brokersPart = ({ cpu }: ClusterLoad) => cpu.broker / (cpu.broker + cpu.servers);

function printResults(results: ReadonlyMap<Case, ClusterLoad>): void {
  const rows = [
    [
      "clients",
      "servers",
      "broker",
      "deliveries/s",
      "own age p50",
      "p99",
      "other age p50",
      "p99",
      "moves late, p99",
      "CPU: servers",
      "broker",
      "load",
      "lost",
    ],
  ];
  for (const [{ clients, servers, broker, gathers }, load] of results) {
    if (!gathers) continue;
    const { cpu, seconds: passed } = load;
    rows.push([
      show(clients),
      show(servers),
      broker,
      show(load.deliveries / passed),
      ...[load.own, load.other].flatMap(({ p50, p99 }) => [milliseconds(p50), milliseconds(p99)]),
      milliseconds(load.late.p99),
      ...[cpu.servers, cpu.broker, cpu.load].map((used) => percent(used / passed)),
      show(load.lost),
    ]);
  }
  print(rows);
}

/** What gathering saves. */
function printGathering(results: ReadonlyMap<Case, ClusterLoad>): void {
  const rows = [
    [
      "clients",
      "broker",
      "2 servers send",
      "messages/s",
      "other age p99",
      "CPU: servers",
      "broker",
      "its part",
    ],
  ];
  for (const [{ clients, servers, broker, gathers }, load] of results) {
    if (servers !== 2) continue;
    rows.push([
      show(clients),
      broker,
      gathers ? "the moves of a turn" : "each move by itself",
      show(load.broker.messages),
      milliseconds(load.other.p99),
      percent(load.cpu.servers / load.seconds),
      percent(load.cpu.broker / load.seconds),
      percent(brokersPart(load)),
    ]);
  }
  print(rows);
}

function printKilled(results: ReadonlyMap<Case, ClusterLoad>): void {
  const rows = [["clients", "servers", "broker", "killed: half of the others told", "the last"]];
  for (const [{ clients, servers, broker, gathers }, { told }] of results) {
    if (gathers && servers > 1)
      rows.push([show(clients), show(servers), broker, milliseconds(told.p50), milliseconds(told.last)]);
  }
  print(rows);
}

function printGoals(results: ReadonlyMap<Case, ClusterLoad>): void {
  const rows = [["goal", "broker", "reached"]];
  const ours = [...results].filter(([{ gathers }]) => gathers);
  for (const broker of Object.keys(BROKERS)) {
    const all = ours.filter((result) => result[0].broker === broker);
    const most = (value: (load: ClusterLoad) => number, isMeant: (each: Case) => boolean) =>
      Math.max(...all.filter(([each]) => isMeant(each)).map(([, load]) => value(load)));
    const large = ({ clients, servers }: Case) => clients === 1000 && servers === 2;
    rows.push(
      [
        "no lost update in the end",
        broker,
        show(
          most(
            ({ lost }) => lost,
            () => true,
          ),
        ),
      ],
      [
        "other age p99 < 100 ms, 2 servers, 1,000 clients",
        broker,
        milliseconds(most(({ other }) => other.p99, large)),
      ],
      [
        "the broker's part of the processor time < 33 %",
        broker,
        percent(most(brokersPart, ({ servers }) => servers > 1)),
      ],
      [
        "killed: all told within 2,000 ms, 1,000 clients",
        broker,
        milliseconds(most(({ told }) => told.last, large)),
      ],
    );
  }
  print(rows);
}

function print(rows: readonly (readonly string[])[]): void {
  console.log();
  printTable(rows);
}

async function main(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus().length} processors, ${seconds} s each`);
  if (MOSQUITTO === undefined) console.log("Mosquitto: skipped, it is not installed here");
  const results = new Map<Case, ClusterLoad>();
  for (const each of CASES) results.set(each, await measure(each));
  printResults(results);
  printGathering(results);
  printKilled(results);
  printGoals(results);
}

await main();
