/**
 * Lesson 3 · a room that is attacked: a broker and servers, each a process of its own, so that each can be killed and
 * frozen.
 *
 * @module
 */

import { extname } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectAsync, type MqttClient } from "mqtt";
import { typedIn } from "../../src/checks/command.ts";
import { freePort } from "../../src/checks/host.ts";
import { LearnerProgram } from "../../src/checks/learner_program.ts";
import { CheckFailed, PROMPTLY, say, seconds } from "../../src/checks/peer.ts";
import type { ServersUnderTest } from "../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { type Position, Walker } from "../2_simple_broadcast_test/attacks.ts";
import { PACKETS } from "./protocol.ts";

/** The likely cause if an id comes twice. */
export const SAME_ID =
  "Each server counts its clients from 1. Count up from a random number, a new one for each run of a server.";

const TIMES = { timeout: 60_000, interval: 0 };

/** A program of the lesson, in the runtime that runs this one. A copy of the kit without types has .js files. */
function ours(name: string): string[] {
  const extension = extname(fileURLToPath(import.meta.url));
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(name + extension, import.meta.url))];
}

/** How to start the lesson's own server. */
function ourServer(timeout: number): string[] {
  const flags = ["--port", "{port}", "--broker", "mqtt://{broker}", "--name", "{name}"];
  return [...ours("server"), ...flags, "--server-timeout", String(timeout)];
}

/** A server of the room. */
export class Member {
  readonly name: string;
  readonly program: LearnerProgram;
  readonly target: ServerUnderTest;

  constructor(name: string, program: LearnerProgram, port: number) {
    this.name = name;
    this.program = program;
    this.target = new ServerUnderTest({ host: "127.0.0.1", port }, TIMES, PACKETS);
  }

  /** Connects a client, which listens from now on and moves to a place. */
  async walkTo(x: number, y: number): Promise<Watcher> {
    const watcher = new Watcher(await Walker.join(this.target, `a client of server ${this.name}`, false));
    await watcher.moveTo(x, y);
    return watcher;
  }
}

/** A client that listens all the time. */
export class Watcher {
  readonly walker: Walker;
  /** All that it heard, in order. */
  readonly heard: Position[] = [];
  /** Why it hears nothing more. */
  lost: Error | undefined;

  constructor(walker: Walker) {
    this.walker = walker;
    walker
      .listen((position) => this.heard.push(position))
      .catch((error: Error) => {
        this.lost = error;
      });
  }

  get id(): number {
    return this.walker.id;
  }

  /** Moves, and hears about that from its own server. */
  async moveTo(x: number, y: number): Promise<void> {
    await this.walker.move(x, y);
    await this.sees(this.id, [x, y], PROMPTLY, "its own move");
  }

  /** Waits until it knows that a client is at a place; without a place, until it isn't there. */
  async sees(
    id: number,
    place: readonly [x: number, y: number] | undefined,
    limit: number,
    what: string,
  ): Promise<void> {
    const isSo = () => {
      const seen = this.walker.map.get(id);
      return place === undefined ? !seen : seen?.[1] === place[0] && seen[2] === place[1];
    };
    for (const end = performance.now() + limit; !isSo(); await setTimeout(10)) {
      if (this.lost)
        throw new CheckFailed(`${this.walker.name} lost its connection: ${this.lost.message}`, "closed");
      if (performance.now() < end) continue;
      throw new CheckFailed(
        `${this.walker.name} did not hear within ${seconds(limit)} about ${what}.`,
        "silence",
      );
    }
  }
}

/** What the attacks of this lesson run on. */
export class AttackedRoom extends ServerUnderTest implements ServersUnderTest {
  readonly #command: readonly string[];
  /** How long servers wait for each other, in milliseconds. */
  readonly serverTimeout: number;
  readonly #isGroup: boolean | undefined;
  readonly #programs: LearnerProgram[] = [];
  readonly #members: Member[] = [];
  readonly #strangers: MqttClient[] = [];
  #broker: LearnerProgram | undefined;
  #brokerPort = 0;

  constructor(command: readonly string[] | undefined, serverTimeout = 5000, isGroup?: boolean) {
    super({ host: "127.0.0.1", port: 0 }, TIMES, PACKETS);
    this.#command = command ?? ourServer(serverTimeout);
    this.serverTimeout = serverTimeout;
    this.#isGroup = isGroup;
  }

  /** Each attack starts servers of its own, so the next one always makes sense. */
  override async listens(): Promise<boolean> {
    return true;
  }

  override async leave(): Promise<void> {
    await Promise.all(this.#strangers.splice(0).map((one) => one.endAsync(true)));
    await Promise.all(this.#members.splice(0).map(({ target }) => target.leave()));
    for (const program of this.#programs.splice(0)) program.kill();
    this.#broker = undefined;
  }

  async commandFor(port: number, name = "A"): Promise<string[]> {
    await this.startBroker();
    const words = { "{port}": String(port), "{broker}": `127.0.0.1:${this.#brokerPort}`, "{name}": name };
    return this.#command.map((word) =>
      Object.entries(words).reduce((text, [hole, value]) => text.replaceAll(hole, value), word),
    );
  }

  /** Starts the broker, if it doesn't run: on the port where it was. */
  async startBroker(): Promise<void> {
    if (this.#broker) return;
    this.#brokerPort ||= await freePort();
    this.#broker = this.#start([...ours("broker"), "--port", String(this.#brokerPort)]);
    const place = new ServerUnderTest({ host: "127.0.0.1", port: this.#brokerPort }, TIMES, PACKETS);
    const problem = await this.#broker.until(() => place.listens());
    if (problem !== undefined) throw new Error(problem);
  }

  /** Kills the broker, as `kill -9` does. */
  async killBroker(): Promise<void> {
    say("killing the broker");
    this.#broker?.kill();
    await this.#broker?.ends(PROMPTLY);
    this.#broker = undefined;
  }

  /** Starts servers that all see each other. */
  async startServers(...names: string[]): Promise<Member[]> {
    await this.startBroker();
    const members = await Promise.all(names.map((name) => this.startServer(name)));
    const probes = await Promise.all(members.map((member, index) => member.walkTo(index, 19)));
    if (new Set(probes.map(({ id }) => id)).size < probes.length)
      throw new CheckFailed(
        `two servers gave their clients the same id, ${probes[0]?.id}.`,
        "wrong",
        SAME_ID,
      );
    await Promise.all(
      probes.flatMap((probe) =>
        probes.map((other, index) =>
          probe.sees(
            other.id,
            [index, 19],
            this.serverTimeout + PROMPTLY,
            `a client of server ${names[index]}`,
          ),
        ),
      ),
    );
    await Promise.all(probes.map(({ walker }) => walker.client.leave()));
    return members;
  }

  async startServer(name: string): Promise<Member> {
    const port = await freePort();
    const member = new Member(name, this.#start(await this.commandFor(port, name)), port);
    this.#members.push(member);
    const problem = await member.program.until(() => member.target.listens());
    if (problem !== undefined) throw new CheckFailed(problem, "ended");
    return member;
  }

  /** Somebody who speaks MQTT to the broker, and isn't a server. */
  async stranger(): Promise<MqttClient> {
    const url = `mqtt://127.0.0.1:${this.#brokerPort}`;
    const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
    client.on("error", () => {});
    this.#strangers.push(client);
    return client;
  }

  #start(command: readonly string[]): LearnerProgram {
    const program = new LearnerProgram(command, this.#isGroup, typedIn());
    this.#programs.push(program);
    return program;
  }
}
