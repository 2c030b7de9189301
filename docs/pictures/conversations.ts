/**
 * The conversations that the guides show: for each lesson a normal client, a silent one, one that
 * sends nonsense, and a slow one.
 *
 * Each takes place between the lesson's own server and a client. That is the lesson's client if it can do this, and
 * otherwise a socket that this file controls.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { PACKETS as PACKETS_0 } from "../../lessons/0_simple_test_packets/protocol.ts";
import { PACKETS as PACKETS_1, packRequest } from "../../lessons/1_simple_math_server/protocol.ts";
import { NOWHERE, PACKETS as PACKETS_2, PLACE } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import type { PacketDescription } from "../../src/packets.ts";
import compile, { compiled } from "../../test/compiled.ts";
import type { Event, RecordedConversation, Side } from "./conversation.ts";
import { Recorder } from "./recorder.ts";

/** Time for the other side to do what it does at once, in milliseconds: what follows is seen to be later. */
const MOMENT = 300;

/** The server's random numbers are the same each time. */
const SAME_LOTS = `--import=data:text/javascript,${encodeURIComponent("let n = 7; Math.random = () => (n = (n * 16807) % 2147483647) / 2147483647;")}`;

/** A lesson that has pictures. */
export interface PicturedLesson {
  /** Its folder. */
  readonly folder: string;
  /** Its packets. */
  readonly packets: readonly PacketDescription[];
  /** Its conversations, by their names. */
  readonly conversations: Readonly<Record<string, Conversation>>;
}

/** A conversation that can be repeated. */
export interface Conversation {
  /** What it shows, in a sentence. */
  readonly title: string;
  /** How long the server waits for a client, in milliseconds; 3000 by default. */
  readonly timeout?: number;
  /** Has the conversation. The server is already running. */
  hold(stage: Stage): Promise<void>;
}

/** The lessons, in their order. */
export const LESSONS_WITH_PICTURES: readonly PicturedLesson[] = [
  {
    folder: "0_simple_test_packets",
    packets: PACKETS_0,
    conversations: {
      normal: {
        title: "The server tests, the client answers, and leaves",
        async hold(stage) {
          const client = stage.start("client.ts");
          await stage.until(bytesFrom("client"), 2);
          await setTimeout(MOMENT);
          client.kill("SIGINT");
          await stage.until(isLog);
        },
      },
      silent: {
        title: "A client falls silent, and its deadline passes",
        async hold(stage) {
          stage.start("client.ts", "--silent-after", "2");
          await stage.until(isLog);
        },
      },
      malformed: {
        title: "A browser knocks, and speaks another language",
        async hold(stage) {
          const client = await stage.connect();
          await stage.until(bytesFrom("server"));
          client.write("GET / HTTP/1.1\r\n");
          await stage.until(isLog);
        },
      },
      slow: {
        title: "An answer byte by byte: the deadline is for the whole of it",
        async hold(stage) {
          const client = await stage.connect();
          await stage.until(bytesFrom("server"));
          // Like the attack: one byte at once, and then one a second.
          for (const byte of [1, 0, 0]) {
            client.write(Uint8Array.of(byte));
            await setTimeout(1000);
          }
          await stage.until(isLog);
        },
      },
    },
  },
  {
    folder: "1_simple_math_server",
    packets: PACKETS_1,
    conversations: {
      normal: {
        title: "SUMA 2 3: a request, its response, and a goodbye",
        async hold(stage) {
          stage.start("client.ts", "SUMA", "2", "3");
          await stage.until(isLog);
        },
      },
      silent: {
        title: "Half a request, and then nothing",
        async hold(stage) {
          const client = await stage.connect();
          client.write(packRequest("SUMA", 2, 3).subarray(0, 6));
          await stage.until(isLog);
        },
      },
      malformed: {
        title: "A browser connects: its first four bytes can't be the length of a command",
        async hold(stage) {
          const client = await stage.connect();
          // What curl sends.
          client.write(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n",
          );
          await stage.until(isLog);
        },
      },
    },
  },
  {
    folder: "2_simple_broadcast_test",
    packets: PACKETS_2,
    conversations: {
      normal: {
        title: "Two clients connect, see each other move, and one leaves",
        async hold(stage) {
          const [one, two] = await stage.two();
          one.write(PLACE.pack(12, 7));
          await setTimeout(MOMENT);
          two.write(PLACE.pack(40, 5));
          await setTimeout(MOMENT);
          two.end();
          await stage.until(isLog);
        },
      },
      silent: {
        title: "Half a place, and then nothing: its deadline passes, and the other is told",
        async hold(stage) {
          const [one, two] = await stage.two();
          two.write(PLACE.pack(40, 5).subarray(0, 2));
          for (let x = 12; !stage.isOver; x++) {
            one.write(PLACE.pack(x, 7));
            await setTimeout(1300);
          }
        },
      },
      malformed: {
        title: "A client says that it is nowhere: the server closes it, and tells the other",
        async hold(stage) {
          const [, two] = await stage.two();
          two.write(PLACE.pack(NOWHERE, NOWHERE));
          await stage.until(isLog);
        },
      },
      slow: {
        title: "A client does not read for a while, and then catches up",
        timeout: 60_000,
        async hold(stage) {
          const [one] = await stage.two();
          stage.reads(2, false);
          const most = 600_000;
          for (let move = 1; move <= most; move += 4000) {
            const places = Array.from({ length: 4000 }, (_, index) => PLACE.pack(...placeAt(move + index)));
            if (!one.write(Buffer.concat(places))) await once(one, "drain");
          }
          const last = Buffer.from(PLACE.pack(...placeAt(most)))
            .toString("hex")
            .toUpperCase();
          await stage.until((event) => {
            return (
              "hex" in event && event.client === 1 && event.from === "server" && event.hex.endsWith(last)
            );
          });
          await setTimeout(4 * MOMENT);
          stage.reads(2, true);
          await setTimeout(4 * MOMENT);
        },
      },
    },
  },
];

/** A different place for each move, so that the place shows how many moves there have been. */
function placeAt(move: number): [x: number, y: number] {
  return [(move + 12) % 60, (Math.floor(move / 60) + 7) % 20];
}

function bytesFrom(side: Side): (event: Event) => boolean {
  return (event) => event.is === "bytes" && event.from === side;
}

/** Whether the server says that a client has left. */
function isLog(event: Event): boolean {
  return event.is === "note" && event.from === "server";
}

/** What a conversation needs: programs, sockets, and a recorder. */
class Stage {
  readonly #folder: string;
  readonly #recorder: Recorder;
  readonly #left = new Set<ChildProcess | Socket>();

  private constructor(folder: string, server: ChildProcess, recorder: Recorder) {
    this.#folder = folder;
    this.#recorder = recorder;
    this.#left.add(server);
  }

  static async open({ folder, packets }: PicturedLesson, timeout: number): Promise<Stage> {
    const server = run(`${folder}/server.ts`, "--port", "0", "--quiet", "--timeout", String(timeout));
    const lines = createInterface(server.stdout);
    const [line] = await Promise.race([once(lines, "line"), once(server, "close")]);
    if (!String(line).startsWith("listening")) throw new Error(`the server of ${folder} did not start`);
    const recorder = await Recorder.listen(Number(/:(\d+)$/.exec(String(line))?.[1]), packets);
    lines.on("line", (text) => {
      const [, client, reason] = /^client (\d+) left: (.*); \d+ remain/.exec(text) ?? [];
      if (client) recorder.note(Number(client), "server", `client ${client} left: ${reason}`);
    });
    return new Stage(folder, server, recorder);
  }

  get events(): readonly Event[] {
    return this.#recorder.events;
  }

  /** Whether the server has said that a client has left. */
  get isOver(): boolean {
    return this.events.some(isLog);
  }

  until(isIt: (event: Event) => boolean, times?: number): Promise<void> {
    return this.#recorder.until(isIt, times);
  }

  reads(client: number, reads: boolean): void {
    this.#recorder.reads(client, reads);
  }

  /** Starts one of the lesson's programs. */
  start(file: string, ...flags: string[]): ChildProcess {
    const child = run(`${this.#folder}/${file}`, "--port", String(this.#recorder.port), ...flags);
    this.#left.add(child);
    return child;
  }

  /** Connects a client that does nothing by itself but read. */
  async connect(): Promise<Socket> {
    const socket = connect(this.#recorder.port, "127.0.0.1").resume();
    socket.on("error", () => {}); // its "close" is written down
    this.#left.add(socket);
    await once(socket, "connect");
    return socket;
  }

  /** Connects two, one after the other. */
  async two(): Promise<[Socket, Socket]> {
    const one = await this.connect();
    await this.until(bytesFrom("server"));
    await setTimeout(MOMENT);
    const two = await this.connect();
    await this.until(bytesFrom("server"), 4);
    await setTimeout(MOMENT);
    return [one, two];
  }

  /** Stops everything that is still running. */
  async close(): Promise<void> {
    this.#recorder.close();
    for (const one of this.#left) {
      if ("kill" in one) one.kill("SIGKILL");
      else one.destroy();
    }
  }
}

function run(file: string, ...flags: string[]) {
  return spawn(process.execPath, [SAME_LOTS, compiled(`lessons/${file}`), ...flags], {
    stdio: ["ignore", "pipe", "ignore"], // what a client says when it is closed
  });
}

/**
 * Has a conversation, and records it.
 *
 * @param lesson - its lesson
 * @param name - its name
 * @returns what happened
 */
export async function record(lesson: PicturedLesson, name: string): Promise<RecordedConversation> {
  const conversation = lesson.conversations[name];
  if (!conversation) throw new RangeError(`there is no conversation ${name}`);
  const { title, timeout = 3000, hold } = conversation;
  await compile();
  const stage = await Stage.open(lesson, timeout);
  try {
    await hold(stage);
    await setTimeout(MOMENT); // the last goodbyes
    return { title, events: [...stage.events] };
  } finally {
    await stage.close();
  }
}
