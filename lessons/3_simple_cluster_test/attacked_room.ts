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
import { CheckFailed, explained, megabytes, PROMPTLY, say, seconds } from "../../src/checks/peer.ts";
import type { ServersUnderTest } from "../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { visible } from "../../src/printable.ts";
import { type Position, Walker } from "../2_simple_broadcast_test/attacks.ts";
import { PACKETS } from "./protocol.ts";

/** The likely cause if an id comes twice. */
export const SAME_ID =
  "Each server counts its clients from 1. Count up from a random number, a new one for each run of a server.";

/** The likely cause if a client doesn't hear about its own moves. */
const OWN_MOVE =
  "A server tells its own clients about their moves by itself, whatever happens to the broker and to other servers.";

/** How long a server may take to tell a client about its own move, in milliseconds. Other programs may keep the machine busy. */
const OWN_MOVE_LIMIT = 5000;

/** How much larger a server may get during an attack, in bytes. It collects its garbage now and then, not at once. */
const MEMORY_LIMIT = 100_000_000;

/**
 * How long servers may take to hear about each other at the beginning, besides the server timeout, in milliseconds. The
 * machine starts several programs at once.
 */
const BEGIN_LIMIT = 10_000;

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
  /** Whether the attack has killed it. */
  isKilled = false;
  readonly program: LearnerProgram;
  readonly target: ServerUnderTest;

  constructor(name: string, program: LearnerProgram, port: number) {
    this.name = name;
    this.program = program;
    this.target = new ServerUnderTest({ host: "127.0.0.1", port }, TIMES, PACKETS);
  }

  /** Kills it, as `kill -9` does. */
  async kill(): Promise<void> {
    say(`killing server ${this.name}`);
    this.isKilled = true;
    this.program.kill();
    await this.program.ends(PROMPTLY);
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
    await explained(this.sees(this.id, [x, y], OWN_MOVE_LIMIT, "its own move"), { silence: OWN_MOVE });
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
      const { name } = this.walker;
      throw new CheckFailed(
        place === undefined
          ? `${name} still saw ${what}, after ${seconds(limit)}.`
          : `${name} did not hear about ${what} within ${seconds(limit)}.`,
        "silence",
      );
    }
  }
}

/** The beginning of the client ids of strangers. */
const STRANGER = "stranger-";

/** Whether a client of the broker belongs to an attack, and isn't a server. */
export function isStranger(clientId: string): boolean {
  return clientId.startsWith(STRANGER);
}

/**
 * What the attack hears from the broker while servers start. The broker says on topics of its own who connects,
 * and who subscribes to what.
 */
class Overheard {
  /** How often each client id has connected. */
  readonly #connected = new Map<string, number>();
  readonly #filters = new Set<string>();
  /** How many messages were published. */
  messages = 0;
  readonly topics = new Set<string>();
  /** The topics on which something was published after the newest subscription. */
  readonly #topicsSince = new Set<string>();

  static async by(spy: MqttClient, other: MqttClient): Promise<Overheard> {
    const overheard = new Overheard();
    for (const one of [spy, other]) one.on("message", (topic, payload) => overheard.#hear(topic, payload));
    await Promise.all([spy.subscribeAsync("#"), other.subscribeAsync("$SYS/#")]);
    return overheard;
  }

  #hear(topic: string, payload: Buffer): void {
    if (!topic.startsWith("$SYS/")) {
      this.messages++;
      this.topics.add(topic);
      this.#topicsSince.add(topic);
    } else if (topic.endsWith("/new/clients")) {
      const id = payload.toString();
      if (!isStranger(id)) this.#connected.set(id, (this.#connected.get(id) ?? 0) + 1);
    } else if (topic.endsWith("/new/subscribes")) {
      const { clientId, subs } = JSON.parse(payload.toString()) as {
        clientId: string;
        subs: { topic: string }[];
      };
      if (isStranger(clientId)) return;
      for (const { topic: filter } of subs) this.#filters.add(filter);
      this.#topicsSince.clear();
    }
  }

  /**
   * Says why servers don't know each other's clients.
   *
   * @param count - how many servers there are
   * @returns the likely cause, or several if all of them fit
   */
  whyApart(count: number): string {
    const again = [...this.#connected].find(([, times]) => times > 1);
    if (again)
      return `The client id ${JSON.stringify(visible(again[0]))} connected ${again[1]} times. If two servers connect with one client id, the broker closes the older connection, so they disconnect each other. Pick a random client id for each connection.`;
    if (this.#connected.size < count) {
      const some = this.#connected.size === 0 ? "No server" : "Not every server";
      return `${some} has connected to the broker. The check puts the broker's address, HOST:PORT, where COMMAND says {broker}.`;
    }
    if (this.topics.size === 0)
      return "The servers have connected to the broker, but have published nothing. Publish what your own clients do.";
    if (this.#filters.size === 0)
      return "The servers publish, but none of them has subscribed to anything. Subscribe to what the others publish.";
    const unheard = [...this.topics].find(
      (topic) => ![...this.#filters].some((filter) => matches(filter, topic)),
    );
    if (unheard !== undefined)
      return `Nobody hears what is published on ${quoted(unheard)}: the servers have subscribed to ${[...this.#filters].map(quoted).join(" and ")}. All servers of a room have to agree on the topics.`;
    if (this.#topicsSince.size < this.topics.size)
      return "Something was published before all servers had subscribed, and was not repeated, so one of them has missed it. Tell a server that comes later where everyone is: publish everything again now and then, or publish it as a retained message.";
    return "The messages reach the servers. Either a server takes the messages of others for its own and ignores them, or it doesn't understand them, or it doesn't pass them on to its clients.";
  }
}

function quoted(topic: string): string {
  return JSON.stringify(visible(topic));
}

/** Whether a subscription matches a topic: `+` stands for one level, and `#` for all that follow. */
function matches(filter: string, topic: string): boolean {
  const levels = topic.split("/");
  const wanted = filter.split("/");
  const end = wanted.at(-1) === "#" ? wanted.length - 1 : wanted.length;
  if (end === wanted.length && levels.length !== end) return false;
  return wanted.slice(0, end).every((level, at) => level === "+" || level === levels[at]);
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
  #overheard = new Overheard();

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
    await this.stopListening();
    await Promise.all(this.#members.splice(0).map(({ target }) => target.leave()));
    const programs = this.#programs.splice(0);
    for (const program of programs) program.kill();
    // The next broker listens on the same port: an old one that still does would pass for it.
    await Promise.all(programs.map((program) => program.ends(PROMPTLY)));
    this.#broker = undefined;
  }

  async commandFor(port: number, name = "alone"): Promise<string[]> {
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

  /** Stops the broker in the middle of what it does. Its operating system still accepts connections and bytes. */
  freezeBroker(): void {
    say("freezing the broker");
    this.#broker?.signal("SIGSTOP");
  }

  /** Lets the broker go on. */
  wakeBroker(): void {
    say("the broker wakes");
    this.#broker?.signal("SIGCONT");
  }

  /**
   * Starts servers that all see each other.
   *
   * @throws CheckFailed with a cause that follows from what the broker has heard
   */
  async startServers(...names: string[]): Promise<Member[]> {
    await this.startBroker();
    this.#overheard = await Overheard.by(await this.stranger(), await this.stranger());
    const members = await Promise.all(names.map((name) => this.startServer(name)));
    const probes = await Promise.all(members.map((member, index) => member.walkTo(index, 19)));
    if (new Set(probes.map(({ id }) => id)).size < probes.length)
      throw new CheckFailed(
        `two servers gave their clients the same id, ${probes[0]?.id}.`,
        "wrong",
        SAME_ID,
      );
    for (const probe of probes) {
      for (const [index, other] of probes.entries()) {
        const limit = this.serverTimeout + BEGIN_LIMIT;
        const what = `the first client of server ${names[index]}`;
        await probe.sees(other.id, [index, 19], limit, what).catch((error: Error) => {
          if (!(error instanceof CheckFailed) || error.sign !== "silence") throw error;
          throw new CheckFailed(error.message, "silence", this.#overheard.whyApart(names.length));
        });
      }
    }
    await Promise.all(probes.map(({ walker }) => walker.client.leave()));
    return members;
  }

  async startServer(name: string): Promise<Member> {
    const port = await freePort();
    const member = new Member(name, this.#start(await this.commandFor(port, name)), port);
    const problem = await member.program.until(() => member.target.listens());
    if (problem !== undefined) {
      const advice = "Listen on 127.0.0.1, and on the port from the command line.";
      throw new CheckFailed(`server ${name}: ${problem}`, "ended", member.program.causeOfNoStart(advice));
    }
    this.#members.push(member);
    return member;
  }

  /**
   * Looks for a server that has ended by itself. What it printed says more than what its clients saw.
   *
   * @param error - what was seen
   * @param cause - the likely cause of that
   * @returns the same, or what the server printed
   */
  async withLastWords(error: CheckFailed, cause: string): Promise<CheckFailed> {
    const isLost = error.sign === "closed" || error.sign === "reset" || error.sign === "refused";
    for (const { name, program, isKilled } of this.#members) {
      if (isLost && !isKilled) await program.ends(PROMPTLY);
      if (isKilled || program.ended === undefined) continue;
      const sentence = `server ${name} ended by itself: ${program.ended}`;
      return new CheckFailed(sentence, "ended", `${cause} What it printed may say which error ended it.`);
    }
    return error;
  }

  /**
   * Measures the servers' memory now.
   *
   * @returns checks that it hasn't grown without bound since, and says by how much it has grown
   */
  watchMemory(limit = MEMORY_LIMIT): () => string {
    const before = new Map(this.#members.map((member) => [member, member.program.memory]));
    return () => {
      const grown = Array.from(before, ([{ name, program }, memory]) => {
        const growth = (program.memory ?? Number.NaN) - (memory ?? Number.NaN);
        return { name, growth };
      }).filter(({ growth }) => !Number.isNaN(growth));
      for (const { name, growth } of grown) {
        say(`server ${name} has ${megabytes(Math.max(growth, 0))} more in memory than before`);
        if (growth > limit)
          throw new CheckFailed(
            `server ${name} grew by ${megabytes(growth)}: it keeps everything, so its memory will run out.`,
            "wrong",
          );
      }
      return grown.length > 0 ? " The servers' memory stayed bounded." : "";
    };
  }

  /** The topics on which something has been published. */
  get topics(): ReadonlySet<string> {
    return this.#overheard.topics;
  }

  /** How many messages have been published since the servers were started, and the broker with them. */
  get messages(): number {
    return this.#overheard.messages;
  }

  /**
   * Makes the broker break a connection, and publish its will: a broker does so when its client connects once more.
   *
   * @param clientId - whose connection
   */
  async cutOff(clientId: string): Promise<void> {
    say(`breaking the connection ${visible(clientId)}`);
    const twin = await this.#connect(clientId);
    await twin.endAsync(true);
  }

  /** Somebody who speaks MQTT to the broker, and isn't a server. */
  async stranger(): Promise<MqttClient> {
    return this.#connect(`${STRANGER}${Math.random()}`);
  }

  /** Disconnects all strangers, so that the broker has less to deliver. */
  async stopListening(): Promise<void> {
    await Promise.all(this.#strangers.splice(0).map((one) => one.endAsync(true)));
  }

  async #connect(clientId: string): Promise<MqttClient> {
    const url = `mqtt://127.0.0.1:${this.#brokerPort}`;
    const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0, clientId });
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
