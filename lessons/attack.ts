/**
 * `npm run attack LESSON [NAME]` attacks a server of a lesson, and says whether it survived.
 *
 *     npm run attack 0                          the list of attacks
 *     npm run attack 0 pieces                   one of them, on the server at 127.0.0.1:9000
 *     npm run attack 0 pieces -- --port 9005    the same on another port
 *
 *     npm run attack 3 kill                     attacks on lesson 3 start a broker and servers of their own,
 *     npm run attack 3 kill "python3 my.py {port} {broker}"     or yours: {broker} becomes HOST:PORT
 *
 * The server must be running, except for lesson 3's. Exit code 0 means that it survived, 1 that it did not, and 130 that you interrupted the
 * attack.
 *
 * @module
 */

import process from "node:process";
import { readCommand } from "../src/checks/command.ts";
import { runCheck, type ServerCheck, type ServerChecks } from "../src/checks/server_stages.ts";
import { ServerUnderTest } from "../src/checks/server_under_test.ts";
import { hostFlag, millisecondsFlag, numberFlag, readCommandLine, switchFlag } from "../src/command_line.ts";
import { hostAndPort, log, logOmittedPackets, paint, showPackets, startClock } from "../src/log.ts";
import { exit, INTERRUPTED, onStop, run } from "../src/program.ts";
import { findLessons, type Lessons, pickLesson } from "./lessons.ts";

const FLAGS = {
  host: hostFlag("address of the server"),
  port: numberFlag("N", undefined, 1, 65535, "port of the server; 9000 + LESSON if none is given"),
  timeout: millisecondsFlag(undefined, 1, "the server's --timeout, if it is not the lesson's"),
  interval: millisecondsFlag(undefined, 0, "the server's --interval, if it is not the lesson's"),
  "server-timeout": millisecondsFlag(undefined, 1, "lesson 3: the servers' --server-timeout"),
  times: switchFlag("start each line with the seconds since the attack began"),
};

async function main(): Promise<void> {
  const lessons = await findLessons();
  const { options, arguments: chosen } = readCommandLine(
    "npm run attack LESSON [NAME] [COMMAND … {port} … {broker}] [-- flags]",
    FLAGS,
    (texts) => choose(lessons, texts),
  );
  const { port, checks, attack, command } = chosen;
  if (!attack) {
    process.stdout.write(`${listOf(checks)}\n`);
    return;
  }
  onStop(() => {}, undefined, INTERRUPTED);
  showPackets("bytes");

  const address = { host: options.host, port: options.port ?? port };
  const times = { timeout: options.timeout ?? checks.timeout, interval: options.interval ?? checks.interval };
  const room = checks.room?.(command, options["server-timeout"]);
  const target = room ?? new ServerUnderTest(address, times, checks.packets);
  const at = room ? "servers that this starts" : hostAndPort(address.host, address.port);
  if (!(await target.listens())) {
    return exit(1, `no server is listening on ${at}. Start it first, or check --host and --port.`);
  }
  log(paint(`${attack.name}, on ${at}: ${attack.title}`, "cyan"));
  if (options.times) startClock();
  const verdict = await runCheck(attack, target, checks);
  logOmittedPackets(); // the verdict is the last line
  if (verdict.survived) log(`✓ survived: ${verdict.sentence}`, "green");
  else {
    log(`✗ did not survive: ${verdict.sentence}`, "yellow");
    log(`Likely cause: ${verdict.cause}`);
  }
  await exit(verdict.survived ? 0 : 1);
}

interface Chosen {
  readonly port: number;
  readonly checks: ServerChecks;
  readonly attack: ServerCheck | undefined;
  /** How to start the servers, if the attack starts some. */
  readonly command: readonly string[] | undefined;
}

function choose(lessons: Lessons, [number, name, ...words]: string[]): Chosen {
  const { port, serverChecks: checks } = pickLesson(lessons, number);
  const attack = checks.attacks.find((one) => one.name === name);
  if (words.length > 0 && !checks.room)
    throw new RangeError(`unexpected argument ${JSON.stringify(words[0])}`);
  if (name !== undefined && !attack) {
    const names = checks.attacks.map((one) => one.name).join(", ");
    throw new RangeError(`there is no attack ${JSON.stringify(name)} on lesson ${number}, only ${names}`);
  }
  const command = words.length > 0 ? readCommand(words, ["{broker}", "{port}"]) : undefined;
  return { port, checks, attack, command };
}

function listOf({ attacks }: ServerChecks): string {
  const width = Math.max(...attacks.map(({ name }) => name.length));
  return attacks.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}

run(main);
