/** Brokers and servers for the tests of lesson 3. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import {
  KIND,
  packMessage,
  sessionOf,
  topicOf,
  unpackMessage,
} from "../../../lessons/3_simple_cluster_test/protocol.ts";
import {
  brokerCommand,
  closedPort,
  endWith,
  eventually,
  LESSON_3,
  listening,
  Program,
  Server,
  serverCommand,
} from "../harness.ts";

/** A broker that runs. */
export interface Broker {
  readonly port: number;
  readonly url: string;
  readonly program: Program;
  /** Starts the same broker again on the same port; call it after the old one has ended. */
  again(): Promise<Broker>;
}

/** Finds a program. Debian puts some where only the administrator's shell looks. */
export function installed(name: string): string | undefined {
  return [name, `/usr/sbin/${name}`].find((file) => spawnSync(file, ["-h"]).error === undefined);
}

/** The real broker; undefined where it isn't installed. */
export const MOSQUITTO = installed("mosquitto");

/** The brokers that the tests run with: the lesson's own, and a real one where it is installed. */
export const BROKERS: { name: string; start: (port?: number) => Promise<Broker> }[] = [
  { name: "aedes", start: startAedes },
  ...(MOSQUITTO === undefined ? [] : [{ name: "Mosquitto", start: startMosquitto }]),
];

export async function startAedes(port = 0): Promise<Broker> {
  const program = await listening(new Server(brokerCommand("--port", String(port))));
  return broker(program, program.port, startAedes);
}

/**
 * Starts Mosquitto.
 *
 * @param port - a port that is free; any if undefined
 * @param settings - more lines for its configuration
 * @param isOpen - whether anyone may connect
 */
export async function startMosquitto(port?: number, settings = "", isOpen = true): Promise<Broker> {
  const on = port ?? (await closedPort());
  const file = join(mkdtempSync(join(tmpdir(), "mosquitto-")), "mosquitto.conf");
  writeFileSync(file, `listener ${on} 127.0.0.1\nallow_anonymous ${isOpen}\n${settings}\n`);
  const program = new Program([MOSQUITTO ?? "", "-c", file]);
  await eventually(
    () => /running|Error/.test(program.stderr),
    () => `Mosquitto runs; ${program.stderr}`,
  );
  await reachable(on);
  return broker(program, on, (again) => startMosquitto(again, settings, isOpen));
}

async function reachable(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connectTcp(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", reject);
  });
}

function broker(program: Program, port: number, start: (port: number) => Promise<Broker>): Broker {
  return { port, program, url: `mqtt://127.0.0.1:${port}`, again: () => start(port) };
}

/** Starts a server of the lesson that knows a broker. It need not run. */
export function startMember(url: string, name: string, ...flags: string[]): Promise<Server> {
  const all = ["--port", "0", "--broker", url, "--name", name, "--quiet", ...flags];
  return listening(new Server(serverCommand(LESSON_3, ...all)));
}

/** Starts servers that have all seen each other. */
export async function startRoom(url: string, names: string[], ...flags: string[]): Promise<Server[]> {
  const servers = await Promise.all(names.map((name) => startMember(url, name, ...flags)));
  await Promise.all(
    servers.map((server, index) =>
      meets(
        server,
        names.filter((_, other) => other !== index),
      ),
    ),
  );
  return servers;
}

/** Waits until a server says that others are here. */
export async function meets(server: Server, names: string[]): Promise<void> {
  await Promise.all(names.map((name) => server.line(new RegExp(`^server ${name} is here`))));
}

/** Somebody who speaks MQTT to the broker, and isn't a server of the lesson. */
export async function stranger(url: string): Promise<MqttClient> {
  const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
  client.on("error", () => {});
  endWith(() => client.end(true));
  return client;
}

/** A server that does what a test says. It answers the beats of the others, so it is alive to them. */
export class FakeMember {
  readonly session: number;
  readonly link = 7;
  readonly #client: MqttClient;
  readonly #heard = new Map<number, number>();
  #number = 1;
  #answers = true;
  /** Its clients, in each of its beats. */
  readonly positions = new Map<number, Buffer>();

  private constructor(client: MqttClient, session: number) {
    this.#client = client;
    this.session = session;
    client.on("message", (topic, bytes) => {
      const from = sessionOf(topic);
      const message = unpackMessage(bytes);
      if (from === undefined || from === session || message?.kind !== KIND.BEAT) return;
      this.#heard.set(from, message.number);
      if (this.#answers) this.beat();
    });
  }

  static async join(url: string, session: number): Promise<FakeMember> {
    const client = await stranger(url);
    const member = new FakeMember(client, session);
    await client.subscribeAsync("room/+");
    member.beat();
    return member;
  }

  /** The servers that it has heard. */
  get sessions(): number[] {
    return [...this.#heard.keys()];
  }

  beat({ link = this.link, heard = this.#heard as ReadonlyMap<number, number> } = {}): void {
    const positions = [...this.positions.values()];
    const name = `fake ${this.session}`;
    this.publish(packMessage({ kind: KIND.BEAT, link, number: this.#number++, name, heard, positions }));
  }

  moves(positions: readonly Buffer[], link = this.link): void {
    this.publish(packMessage({ kind: KIND.MOVES, link, positions }));
  }

  gone(link = this.link): void {
    this.publish(packMessage({ kind: KIND.GONE, link }));
  }

  /** From now on it hears the others, but doesn't answer. */
  fallSilent(): void {
    this.#answers = false;
  }

  publish(bytes: Uint8Array): void {
    this.#client.publish(topicOf(this.session), Buffer.from(bytes));
  }
}
