/**
 * `npm run attack LESSON [NAME]` attacks a server of a lesson, and says whether it withstood.
 *
 *     npm run attack 0                          the list of attacks
 *     npm run attack 0 pieces                   one of them, on the server at 127.0.0.1:9000
 *     npm run attack 0 pieces -- --port 9005    the same on another port
 *
 * The server must be running. Exit code 0 means that it withstood, 1 that it did not.
 *
 * @module
 */

import process from "node:process";
import { runCheck, type ServerCheck, type ServerChecks } from "../src/checks/server_stages.ts";
import { ServerUnderTest } from "../src/checks/server_under_test.ts";
import { millisecondsFlag, numberFlag, readCommandLine, switchFlag, textFlag } from "../src/command_line.ts";
import { hostAndPort, log, paint, showPackets, startClock } from "../src/log.ts";
import { exit, onStop, run } from "../src/program.ts";
import { findLessons, type Lessons, pickLesson } from "./lessons.ts";

const FLAGS = {
  host: textFlag("ADDRESS", "127.0.0.1", "address of the server"),
  port: numberFlag("N", undefined, 1, 65535, "port of the server; 9000 in lesson 0, 9001 in lesson 1"),
  timeout: millisecondsFlag(undefined, 1, "the server's --timeout, if it is not the lesson's"),
  interval: millisecondsFlag(undefined, 0, "the server's --interval, if it is not the lesson's"),
  times: switchFlag("start each line with the seconds since the attack began"),
};

async function main(): Promise<void> {
  const lessons = await findLessons();
  const { options, arguments: chosen } = readCommandLine(
    "npm run attack LESSON [NAME] [-- flags]",
    FLAGS,
    (texts) => choose(lessons, texts),
  );
  const { port, checks, attack } = chosen;
  if (!attack) {
    process.stdout.write(`${listOf(checks)}\n`);
    return;
  }
  onStop(() => {});
  showPackets("bytes");

  const address = { host: options.host, port: options.port ?? port };
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  const target = new ServerUnderTest(address, times, checks.packets);
  const at = hostAndPort(address.host, address.port);
  if (!(await target.listens())) {
    return exit(1, `no server is listening on ${at}. Start it first, or check --host and --port.`);
  }
  log(paint(`${attack.name}, on ${at}: ${attack.title}`, "cyan"));
  if (options.times) startClock();
  const verdict = await runCheck(attack, target, checks);
  log(
    `${verdict.withstood ? "✓ withstood" : "✗ not withstood"}: ${verdict.sentence}`,
    verdict.withstood ? "green" : "yellow",
  );
  if (!verdict.withstood) log(`Mostly: ${attack.cause}`);
  await exit(verdict.withstood ? 0 : 1);
}

interface Chosen {
  readonly port: number;
  readonly checks: ServerChecks;
  readonly attack: ServerCheck | undefined;
}

function choose(lessons: Lessons, [number, name, extra]: string[]): Chosen {
  const { port, serverChecks: checks } = pickLesson(lessons, number);
  const attack = checks.attacks.find((one) => one.name === name);
  if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
  if (name !== undefined && !attack) {
    const names = checks.attacks.map((one) => one.name).join(", ");
    throw new RangeError(`there is no attack ${JSON.stringify(name)} on lesson ${number}, only ${names}`);
  }
  return { port, checks, attack };
}

function listOf({ attacks }: ServerChecks): string {
  const width = Math.max(...attacks.map(({ name }) => name.length));
  return attacks.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}

run(main);
