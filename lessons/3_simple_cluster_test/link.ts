/**
 * Lesson 3 · the link: a server's connection to the message broker.
 *
 * The library `mqtt` packs and unpacks what step 1 packs by hand. This file decides what a library can't know: what to do
 * when the broker can't be reached, when it dies, and when it is too slow.
 *
 * - A broker that is slow is treated like a client that is slow. Nothing is queued for it: `hasRoom` says whether it takes
 *   more, and `room` is called when it does again.
 * - Each connection has a number of its own, which is part of its client id. So two servers never disconnect each other (a
 *   broker closes the older one of two connections that have the same client id), and the late will of an old connection
 *   can be told from the will of this one.
 *
 * @module
 */

import { setTimeout } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type MqttClient } from "mqtt";
import { messageOf } from "../../src/errors.ts";
import { Backoff } from "./backoff.ts";
import { ALL_TOPICS, KIND, packMessage, topicOf } from "./protocol.ts";

/** The first wait before the next attempt to connect, and the longest one, in milliseconds. */
const [FIRST_WAIT, LONGEST_WAIT] = [100, 2000];

/** How long an attempt to connect may take, in milliseconds. A frozen broker's operating system still accepts. */
const CONNECT_TIMEOUT = 3000;

/** How long {@link Link.close} waits for the broker, in milliseconds. */
const CLOSE_TIMEOUT = 200;

/** The version of MQTT: 4 stands for 3.1.1. */
const MQTT_3_1_1 = 4;

/** What a link tells its owner. */
export interface LinkListener {
  /** The broker can be reached, and all topics are subscribed to. */
  up(link: number): void;
  /** The broker can't be reached. */
  down(reason: string): void;
  /** A message has arrived. */
  message(topic: string, bytes: Uint8Array): void;
  /** There is room again. */
  room(): void;
}

/** A connection to the broker that is made again whenever it breaks. */
export class Link {
  readonly #url: string;
  readonly #session: number;
  readonly #timeout: number;
  readonly #listener: LinkListener;
  readonly #backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  #client: MqttClient | undefined;
  /** Whether all topics are subscribed to. */
  #isUp = false;
  /** Whether the last message still waits for room. */
  #isFull = false;
  #closed = false;

  /**
   * @param url - where the broker is, e.g. `mqtt://127.0.0.1:1883` or `mqtts://USER:PASSWORD@HOST`
   * @param session - the number of this run of the server
   * @param timeout - how long the broker may be silent, in milliseconds
   * @param listener - is told what happens
   */
  constructor(url: string, session: number, timeout: number, listener: LinkListener) {
    this.#url = url;
    this.#session = session;
    this.#timeout = timeout;
    this.#listener = listener;
    this.#connect();
  }

  #connect(): void {
    const link = randomInt();
    const { protocol, host, username, password } = new URL(this.#url);
    const client = connect(`${protocol}//${host}`, {
      ...(username === "" ? {} : { username: decoded(username) }),
      ...(password === "" ? {} : { password: decoded(password) }),
      protocolVersion: MQTT_3_1_1,
      clientId: `${hex(this.#session)}-${hex(link)}`,
      clean: true, // the broker keeps nothing for us while we are away: it would be old news
      reconnectPeriod: 0, // we do that ourselves, because each connection needs a new number
      connectTimeout: CONNECT_TIMEOUT,
      keepalive: Math.ceil(this.#timeout / 1000), // in seconds: ask a silent broker whether it is still there
      // The broker publishes this for us when the connection breaks: our last will.
      will: {
        topic: topicOf(this.#session),
        payload: Buffer.from(packMessage({ kind: KIND.GONE, link })),
        qos: 0,
        retain: false,
      },
    });
    this.#client = client;
    let reason = "it closed the connection";
    client.on("error", (error) => {
      reason = messageOf(error);
      client.end(true);
    });
    client.on("connect", () => {
      client.subscribe(ALL_TOPICS, { qos: 0 }, (error) => {
        if (error) client.emit("error", error);
        else this.#begin(link);
      });
    });
    client.on("message", (topic, bytes) => this.#listener.message(topic, bytes));
    client.on("close", () => this.#lost(client, reason));
  }

  #begin(link: number): void {
    this.#isUp = true;
    this.#isFull = false;
    this.#backoff.reset();
    this.#listener.up(link);
  }

  #lost(client: MqttClient, reason: string): void {
    if (this.#closed || client !== this.#client) return;
    this.#client = undefined;
    this.#isUp = false;
    client.end(true);
    this.#listener.down(reason);
    setTimeout(() => {
      if (!this.#closed) this.#connect();
    }, this.#backoff.next());
  }

  /** Whether the broker takes a message now. */
  get hasRoom(): boolean {
    return this.#isUp && !this.#isFull;
  }

  /**
   * Publishes a message for all servers. Call it only while there is room.
   *
   * @param message - its bytes
   */
  send(message: Uint8Array): void {
    const client = this.#client;
    this.#isFull = true;
    // The library calls back once the socket has taken the message: usually at once, otherwise when it has drained.
    let isSent = false;
    client?.publish(topicOf(this.#session), Buffer.from(message), { qos: 0 }, () => {
      if (client !== this.#client) return;
      this.#isFull = false;
      if (isSent) this.#listener.room();
    });
    isSent = true;
  }

  /**
   * Says goodbye to the broker, which then forgets our will.
   *
   * @returns resolves when the broker has taken all that was sent, or after a moment
   */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#client?.endAsync().catch(() => {});
    await Promise.race([ended, pause(CLOSE_TIMEOUT)]);
  }
}

/**
 * Draws a random number of 32 bits: for a session or a link.
 *
 * @returns from 0 to 2³² − 1
 */
export function randomInt(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}

/** What a part of a URL stands for. A percent sign that begins no code stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
