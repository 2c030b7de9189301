/**
 * What the client checks of every lesson share: a learner's client, which is started again for each stage, and the
 * server that it connects to.
 *
 * A stage lets the client connect, sends it something, and looks at what follows. It knows the client only from
 * outside: by its bytes, what it prints, and how it ends. So the client may be written in any language. A stage throws
 * {@link CheckFailed} with one sentence that says what went wrong.
 *
 * ```text
 *     0.00 s  … python3 my_client.py 40123
 *     0.10 s  … it has connected
 *     0.10 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *     0.10 s  client → 01 00 00 00 │ 01 00 00 00                         answer: id 1 sequence 1
 *     0.10 s  … closing the sending half
 *     0.10 s  … waiting for it to end, for 2.0 s at most
 * ```
 *
 * @module
 */

import { type PacketDescription, packetFrom } from "../packets.ts";
import { calcsize } from "../struct.ts";
import { withPort } from "./command.ts";
import { freePort, Host } from "./host.ts";
import { LearnerProgram, START_LIMIT, STOPS_CAUSE, STOPS_TITLE } from "./learner_program.ts";
import {
  type Causes,
  CheckFailed,
  type Peer,
  PROMPTLY,
  pauseWithin,
  type Sign,
  say,
  seconds,
} from "./peer.ts";
import type { Stage } from "./stages.ts";

/** How long to wait for a failed client to end, in milliseconds. The way it ends says more than what its server saw. */
const LAST_WORDS = 500;

/** One thing that a client has to do. */
export interface ClientCheck {
  /** What must be true. */
  readonly title: string;
  /** The likely cause if a client fails, and what to do: one or two sentences for its author. */
  readonly cause: string;
  /** The signs that point to this cause, if only some do. Every other sign has a cause of its own. */
  readonly fits?: readonly Sign[];
  /**
   * Checks it.
   *
   * @param program - the client
   * @throws CheckFailed if it does not do it
   */
  run(program: ClientUnderTest): Promise<void>;
}

/** What a lesson brings to `npm run check-client`. */
export interface ClientChecks {
  /** How long its clients wait for the server by default, in milliseconds. */
  readonly timeout: number;
  /** The time between two packets by default, in milliseconds. */
  readonly interval: number;
  /** The lesson's packets. */
  readonly packets: readonly PacketDescription[];
  /**
   * Begins a conversation, and stops where the client waits for the server.
   *
   * @param client - a client that has just connected
   * @throws CheckFailed if the client does not do its part
   */
  begin(client: Peer): Promise<void>;
  /** How many servers its clients know; 1 if omitted. If there are several, `{servers}` in the command stands for all of them. */
  readonly servers?: number;
  /** How its clients end, if they don't end with their server. */
  readonly endings?: readonly ClientCheck[];
  /** What its clients have to do, in the order in which a learner builds them. */
  readonly stages: readonly ClientCheck[];
}

/** The likely cause of each sign, as seen by a server that has broken no rule. */
const CAUSES: Causes = {
  silence: "It waits for something else: for more bytes than the server has sent, or for another event.",
  part: "It sent fewer bytes than the packet has. Compare the format that you pack with the protocol.",
  closed:
    "It closed its connection, or ended, while the server still expected something from it. What it printed may say why.",
  reset: "It ended, or destroyed its socket, before it had read everything. What it printed may say why.",
  spoke: "It sent more than it was asked for.",
  wrong: "Compare what it sent with the protocol, field by field.",
  runs: "Something keeps the program running: a socket that is not closed, a timer, or an endless loop.",
  crashed:
    "An error that nothing catches ended the program. Catch it, print one line that says so, and exit.",
  unprinted: "It did not understand the bytes that arrived, or it prints something else. Print what arrives.",
};

/** A learner's client. */
export class ClientUnderTest {
  readonly #command: readonly string[];
  readonly #packets: readonly PacketDescription[];
  readonly #folder: string | undefined;
  /** How long the client waits for the server, in milliseconds. */
  readonly timeout: number;
  /** The time between two packets, in milliseconds. */
  readonly interval: number;
  /** Between two pieces of a packet, in milliseconds. */
  readonly pause: number;
  #hasConnected = false;
  readonly #count: number;
  #subject: LearnerProgram | undefined;
  #hosts: Host[] = [];
  /** Where its servers would listen, if it was started without any. */
  #ports: readonly number[] = [];

  /**
   * @param command - the command that starts it, with `{port}` where the port goes
   * @param times - its timeout and its interval, in milliseconds
   * @param packets - the lesson's packets
   * @param folder - the folder to start it in; that of this process if omitted
   * @param count - how many servers it knows
   */
  constructor(
    command: readonly string[],
    { timeout, interval }: { timeout: number; interval: number },
    packets: readonly PacketDescription[],
    folder?: string,
    count = 1,
  ) {
    this.#count = count;
    this.#command = command;
    this.#packets = packets;
    this.#folder = folder;
    this.timeout = timeout;
    this.interval = interval;
    this.pause = pauseWithin(timeout);
  }

  /** Whether it has ever connected. */
  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  /**
   * Starts it again, and waits until it has connected.
   *
   * @returns the connection to it
   * @throws CheckFailed if it does not connect
   */
  async connect(): Promise<Peer> {
    this.leave();
    const hosts = await Promise.all(
      Array.from({ length: this.#count }, () => Host.listen(this.#packets, PROMPTLY)),
    );
    this.#hosts = hosts;
    const subject = this.#start(hosts.map(({ port }) => port));
    if (await subject.until(async () => hosts.some(({ count }) => count > 0), "connected")) {
      const when = subject.ended ? "" : ` within ${seconds(START_LIMIT)}`;
      const advice = "Connect to 127.0.0.1, and to the port from the command line.";
      throw new CheckFailed(
        `it did not connect to ${hosts.map(({ port }) => `127.0.0.1:${port}`).join(" or ")}${when}.`,
        "silence",
        subject.causeOfNoStart(advice),
      );
    }
    say("it has connected");
    this.#hasConnected = true;
    return this.#accept();
  }

  /**
   * Another client like this one, with servers of its own.
   *
   * @returns the client, which hasn't been started
   */
  another(): ClientUnderTest {
    const times = { timeout: this.timeout, interval: this.interval };
    return new ClientUnderTest(this.#command, times, this.#packets, this.#folder, this.#count);
  }

  /** Ends its server, as `kill -9` does: the connections break, and the port refuses new ones. The other servers go on. */
  killServer(): void {
    say("killing the server that it is connected to");
    const [dead, ...others] = this.#hosts;
    dead?.close();
    this.#hosts = others;
  }

  /**
   * Waits until it has connected again, to any server.
   *
   * @param limit - how long it may take, in milliseconds
   * @returns the connection
   * @throws CheckFailed if it doesn't
   */
  async comesBack(limit: number): Promise<Peer> {
    const hasCome = async () => this.#hosts.some(({ waiting }) => waiting > 0);
    if (await this.#running().until(hasCome, "come back", limit))
      throw new CheckFailed(`it did not come back within ${seconds(limit)}.`, "silence");
    return this.#accept();
  }

  /** Accepts the client that waits. The server that it has chosen is the first one from now on. */
  #accept(): Promise<Peer> {
    this.#hosts.sort((one, other) => other.waiting - one.waiting);
    return (this.#hosts[0] as Host).accept("client");
  }

  /** Starts it again, with a port on which no server listens. */
  async startAlone(): Promise<void> {
    this.leave();
    this.#ports = await Promise.all(Array.from({ length: this.#count }, freePort));
    this.#start(this.#ports);
  }

  /** Lets its servers listen after {@link startAlone}. */
  async startServers(): Promise<void> {
    say("its servers begin to listen");
    this.#hosts = await Promise.all(this.#ports.map((port) => Host.listen(this.#packets, PROMPTLY, port)));
  }

  /**
   * Waits for it to end by itself, like a program that gives up.
   *
   * @param limit - how long it may take, in milliseconds
   * @throws CheckFailed if it goes on, or crashes
   */
  async expectEnd(limit: number = PROMPTLY): Promise<void> {
    say(`waiting for it to end, for ${seconds(limit)} at most`);
    if (!(await this.hasEnded(limit)))
      throw new CheckFailed(`it was still running ${seconds(limit)} later.`, "runs");
  }

  /**
   * Gives it time to end by itself.
   *
   * @param limit - how long to wait, in milliseconds
   * @returns whether it has
   * @throws CheckFailed if it crashes
   */
  async hasEnded(limit: number = PROMPTLY): Promise<boolean> {
    const subject = this.#running();
    const hasEnded = await subject.ends(limit);
    if (subject.crash) throw new CheckFailed(`it ${subject.crash}.`, "crashed");
    return hasEnded;
  }

  /**
   * Waits for it to print something. Some programs buffer what they print until they end, so after a while
   * this says goodbye to the client.
   *
   * @param client - the connection to it
   * @param text - what it should print
   * @param what - the same in words, for the sentence
   * @throws CheckFailed if it does not
   */
  async expectPrinted(client: Peer, text: RegExp, what: string): Promise<void> {
    const subject = this.#running();
    if (!(await subject.until(async () => subject.hasPrinted(text), "printed", PROMPTLY))) return;
    client.end();
    await subject.ends(this.interval + PROMPTLY);
    if (subject.hasPrinted(text)) return;
    const lastLines = subject.ended ? "" : subject.lastLines;
    const sign = subject.crash ? "crashed" : "unprinted";
    throw new CheckFailed(`it did not print ${what}.${lastLines}`, sign);
  }

  /**
   * Tells it to end, as an operating system does at shutdown.
   *
   * @throws CheckFailed if it does not end
   */
  async stop(): Promise<void> {
    say("SIGTERM");
    const wrong = await this.#running().stop();
    if (wrong === undefined) return;
    this.#subject = undefined; // it was killed, so the way it ended says nothing
    throw new CheckFailed(wrong.sentence, "runs", wrong.cause);
  }

  /**
   * How it ended, if it no longer runs.
   *
   * @returns how it ended, and the last lines that it printed; undefined while it runs
   */
  async lastWords(): Promise<string | undefined> {
    await this.#subject?.ends(LAST_WORDS);
    return this.#subject?.ended;
  }

  /** Kills it, and closes its server. */
  leave(): void {
    this.#subject?.kill();
    this.#subject = undefined; // it was killed, so the way it ended says nothing about the next stage
    for (const host of this.#hosts.splice(0)) host.close();
  }

  #start(ports: readonly number[]): LearnerProgram {
    const servers = ports.map((port) => `127.0.0.1:${port}`).join(",");
    const command = withPort(this.#command, ports[0] ?? 0).map((word) =>
      word.replaceAll("{servers}", servers),
    );
    say(command.join(" "));
    this.#subject = new LearnerProgram(command, undefined, this.#folder);
    return this.#subject;
  }

  #running(): LearnerProgram {
    if (!this.#subject) throw new Error("the client has not been started");
    return this.#subject;
  }
}

/**
 * The stages of a client: one for each thing that a server may do to it.
 *
 * @param checks - the checks of the client's lesson
 * @param program - the client
 * @returns the stages, in the order in which a learner builds what they check
 */
export function clientStages(checks: ClientChecks, program: ClientUnderTest): Stage[] {
  return [CONNECTS, ...checks.stages, ...(checks.endings ?? endingsOf(checks))].map((check) => ({
    title: check.title,
    async run() {
      try {
        await check.run(program);
        return undefined;
      } catch (error) {
        if (!(error instanceof CheckFailed)) throw error;
        const lastWords = await program.lastWords();
        const sentence = lastWords ? `${error.message} ${lastWords}` : error.message;
        return { sentence, cause: causeOf(check, error) };
      } finally {
        program.leave();
      }
    },
  }));
}

/** The likely cause of a failure: the failure's own, or the stage's if it fits the sign. */
function causeOf({ cause, fits }: ClientCheck, { likelyCause, sign }: CheckFailed): string {
  const isFitting = fits === undefined || fits.includes(sign);
  return likelyCause ?? (isFitting ? cause : (CAUSES[sign] ?? cause));
}

const CONNECTS: ClientCheck = {
  title: "it connects to the port that it is given",
  cause: "Connect to 127.0.0.1, and to the port from the command line.",
  async run(program) {
    await program.connect();
  },
};

/** How the clients of every lesson end. */
function endingsOf({ packets, begin }: ClientChecks): ClientCheck[] {
  const packet = packetFrom(packets, "server");
  const meet = async (program: ClientUnderTest): Promise<Peer> => {
    const client = await program.connect();
    await begin(client);
    return client;
  };
  return [
    {
      title: "it ends when the server closes the connection",
      cause:
        'An empty read (Node\'s "end") means that the server will send nothing more: leave the loop, print one line that says so, and exit.',
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await meet(program);
        client.end();
        await program.expectEnd();
      },
    },
    {
      title: `it ends when the server closes in the middle of a ${packet.name}`,
      cause: `The rest of that ${packet.name} will never come. On an empty read, leave the loop that collects bytes, too, and do not unpack what is there.`,
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await meet(program);
        await client.send(new Uint8Array(calcsize(packet.format) - 3));
        client.end();
        await program.expectEnd();
      },
    },
    {
      title: "it ends when the connection breaks",
      cause:
        'A broken connection is an error of the socket: catch it, or listen to "error". Say so in one line, and end.',
      fits: ["runs", "crashed"],
      async run(program) {
        const client = await meet(program);
        await client.reset();
        await program.expectEnd();
      },
    },
    {
      title: "it ends when no server listens on its port",
      cause:
        'A connection that is refused is an error of the socket: catch it, or listen to "error". Say so in one line, and end.',
      async run(program) {
        await program.startAlone();
        await program.expectEnd(START_LIMIT);
      },
    },
    {
      title: STOPS_TITLE,
      cause: STOPS_CAUSE,
      fits: ["runs"],
      async run(program) {
        await meet(program);
        await program.stop();
      },
    },
  ];
}
