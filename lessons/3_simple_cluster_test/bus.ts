/**
 * Lesson 3 · the bus between machines: what one server's clients do reaches the clients of all servers.
 *
 * ```text
 *   server A                                                                        server B
 *   handler 1 ──▶ ┌───────────┐          ┌────────┐          ┌───────────┐ ──▶ handler 7
 *   handler 2 ──▶ │ OneThread │ ⇄ bus ⇄  │ broker │  ⇄ bus ⇄ │ OneThread │ ──▶ handler 8
 *   handler 3 ──▶ └───────────┘          └────────┘          └───────────┘ ──▶ handler 9
 * ```
 *
 * Each server has lesson 2's bus for its own clients, and repeats on it what other servers tell. So it knows everyone, and
 * a newcomer hears about everyone at once, even while the broker is down.
 *
 * What makes this bus different from one inside a process is doubt. A message may get lost, come late, come twice, or come
 * from a stranger. Two rules answer all of that:
 *
 * 1. A server is believed only while it answers our beats (`peers.ts`), and only about its own clients.
 * 2. A beat carries everything: where each client is now. So the next beat puts right whatever went wrong.
 *
 * @module
 */

import { clearInterval, setImmediate, setInterval } from "node:timers";
import { log } from "../../src/log.ts";
import { visible } from "../../src/printable.ts";
import { type Bus, type Listener, OneThread } from "../2_simple_broadcast_test/bus.ts";
import { nowhere } from "../2_simple_broadcast_test/handler.ts";
import { isNowhere, POSITION } from "../2_simple_broadcast_test/protocol.ts";
import { Link, randomInt } from "./link.ts";
import { BEATS_IN_TIMEOUT, type Peer, Peers } from "./peers.ts";
import { type Beat, KIND, type Moves, packMessage, sessionOf, unpackMessage } from "./protocol.ts";

/** How many clients of another server are shown. That server decides how many there are, not we. */
const MOST_CLIENTS = 65_536;

/** How many clients may have changed before a beat tells it in fewer bytes. */
const MOST_CHANGED = 4096;

/** Where the broker is, and what this server is called. */
export interface BetweenMachinesOptions {
  /** A URL, e.g. `mqtt://127.0.0.1:1883`. */
  readonly broker: string;
  /** What people call this server. */
  readonly name: string;
  /** How long another server may fail to answer before it is gone, in milliseconds. */
  readonly serverTimeout: number;
}

/** A bus for handlers on several machines. */
export class BetweenMachines implements Bus {
  readonly #name: string;
  readonly #where: string;
  readonly #timeout: number;
  /** The number of this run of the server. A server that is started again is another server. */
  readonly #session = randomInt();
  readonly #here = new OneThread();
  /** The ids of this server's own clients. */
  readonly #own = new Set<number>();
  /** Which server each of the other clients is on. An id belongs to the server that named it first. */
  readonly #owners = new Map<number, Peer>();
  readonly #peers = new Peers(this.#session, randomInt());
  readonly #link: Link;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The number of the connection to the broker; undefined while there is none. */
  #linkNumber: number | undefined;
  #wasReported = false;

  // What leaves for the broker at the end of this turn of the event loop:
  /** The ids of those that have come, moved or left. */
  readonly #changed = new Set<number>();
  #beatIsDue = false;
  #isFlushing = false;

  constructor({ broker, name, serverTimeout }: BetweenMachinesOptions) {
    this.#name = name;
    this.#timeout = serverTimeout;
    this.#where = new URL(broker).host;
    this.#link = new Link(broker, this.#session, serverTimeout, {
      up: (link) => this.#up(link),
      down: (reason) => this.#down(reason),
      message: (topic, bytes) => this.#receive(topic, bytes),
      room: () => this.#flushSoon(),
    });
    this.#timer = setInterval(() => this.#beat(), serverTimeout / BEATS_IN_TIMEOUT);
  }

  // Our own clients
  // ---------------

  publish(id: number, bytes: Uint8Array): void {
    if (!this.#own.has(id)) this.#claim(id);
    this.#here.publish(id, bytes);
    this.#sendSoon(id);
  }

  /** A client of our own has come. If another server has named its id before, that one is wrong from now on. */
  #claim(id: number): void {
    this.#own.add(id);
    this.#owners.get(id)?.clients.delete(id);
    this.#owners.delete(id);
  }

  subscribe(id: number, listener: Listener): void {
    this.#here.subscribe(id, listener);
  }

  leave(id: number, bytes: Uint8Array): void {
    this.#here.leave(id, bytes);
    if (this.#own.delete(id)) this.#sendSoon(id);
  }

  /**
   * Tells the other servers that this one is ending.
   *
   * @returns resolves when they have been told, or after a moment
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.flush();
    if (this.#linkNumber !== undefined && this.#link.hasRoom)
      this.#link.send(packMessage({ kind: KIND.GONE, link: this.#linkNumber }));
    await this.#link.close();
  }

  // To the other servers
  // --------------------
  // All moves of one turn of the event loop leave as one message, because a message costs a broker more than its bytes do.

  #sendSoon(id: number): void {
    this.#changed.add(id);
    // While the broker takes nothing, clients may come and go without end. A beat tells everything in bounded space.
    if (this.#changed.size > MOST_CHANGED) {
      this.#changed.clear();
      this.#beatIsDue = true;
    }
    this.#flushSoon();
  }

  #sendBeatSoon(): void {
    this.#beatIsDue = true;
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => this.flush());
  }

  /** Sends what has changed to the other servers now, and not at the end of this turn. */
  flush(): void {
    this.#isFlushing = false;
    const link = this.#linkNumber;
    if (link === undefined || !this.#link.hasRoom) return; // `up` or `room` will say when
    if (this.#beatIsDue) {
      this.#link.send(packMessage(this.#newBeat(link)));
    } else if (this.#changed.size > 0) {
      const positions = [...this.#changed].map((id) => this.#here.newest.get(id) ?? nowhere(id));
      this.#link.send(packMessage({ kind: KIND.MOVES, link, positions }));
    }
    this.#beatIsDue = false;
    this.#changed.clear();
  }

  #newBeat(link: number): Beat {
    const { number, heard } = this.#peers;
    const positions = [...this.#own].flatMap((id) => this.#here.newest.get(id) ?? []);
    return { kind: KIND.BEAT, link, number, name: this.#name, heard, positions };
  }

  #beat(): void {
    for (const peer of this.#peers.beat()) {
      this.#removed(peer, `it has not answered for ${this.#timeout / 1000} s`);
    }
    this.#sendBeatSoon();
  }

  #up(link: number): void {
    this.#linkNumber = link;
    this.#wasReported = false;
    log(`connected to the broker at ${this.#where}`, "green");
    this.#sendBeatSoon();
  }

  #down(reason: string): void {
    const wasUp = this.#linkNumber !== undefined;
    this.#linkNumber = undefined;
    if (wasUp) log(`lost the broker at ${this.#where}: ${visible(reason)}`, "yellow");
    else if (!this.#wasReported)
      log(`no broker at ${this.#where}: ${visible(reason)}; trying again`, "yellow");
    this.#wasReported = true;
  }

  // From the other servers
  // ----------------------
  // Anyone may publish anything on the room's topics. What isn't one of our messages is dropped here, without a word: a
  // line for each would fill the log.

  #receive(topic: string, bytes: Uint8Array): void {
    const session = sessionOf(topic);
    if (session === undefined || session === this.#session) return;
    const message = unpackMessage(bytes);
    if (!message) return;
    if (message.kind === KIND.BEAT) {
      this.#heardBeat(session, message);
      return;
    }
    const peer = this.#peers.find(session, message.link);
    if (!peer) return;
    if (message.kind === KIND.MOVES) this.#heardMoves(peer, message);
    else {
      this.#peers.bury(peer);
      this.#removed(peer, "it has exited, or has lost the broker");
    }
  }

  #heardBeat(session: number, beat: Beat): void {
    const wasAlive = this.#peers.find(session, beat.link) !== undefined;
    const heard = this.#peers.hear(session, beat);
    if (!heard) return;
    const { peer, isFirst, isAnswer } = heard;
    // A server that knows nothing about us yet can't believe us before we have answered.
    if (isFirst) this.#sendBeatSoon();
    if (!isAnswer) return;
    if (!wasAlive) {
      log(`server ${visible(peer.name)} is here, with ${beat.positions.length} clients`, "green");
    }
    const missing = new Set(peer.clients);
    for (const position of beat.positions) missing.delete(this.#take(peer, position));
    for (const id of missing) this.#removeClient(peer, id);
  }

  #heardMoves(peer: Peer, { positions }: Moves): void {
    for (const position of positions) this.#take(peer, position);
  }

  /** Takes a position of another server's client, and tells our own clients if it is new. Returns the client's id. */
  #take(peer: Peer, position: Uint8Array): number {
    const [id, x, y] = POSITION.unpack(position);
    const owner = this.#owners.get(id);
    if (this.#own.has(id) || (owner && owner !== peer)) return id; // a server can't move another server's client
    if (isNowhere(x, y)) {
      this.#removeClient(peer, id);
      return id;
    }
    if (!owner) {
      if (id < 1 || peer.clients.size >= MOST_CLIENTS) return id;
      this.#owners.set(id, peer);
      peer.clients.add(id);
    }
    const known = this.#here.newest.get(id);
    // A copy: the position is a part of a message that would stay in memory with it.
    if (!known || Buffer.compare(known, position) !== 0) this.#here.publish(id, POSITION.pack(id, x, y));
    return id;
  }

  #removed(peer: Peer, reason: string): void {
    log(`server ${visible(peer.name)} has gone: ${reason}; it had ${peer.clients.size} clients`, "yellow");
    for (const id of peer.clients) this.#removeClient(peer, id);
  }

  #removeClient(peer: Peer, id: number): void {
    if (!peer.clients.delete(id)) return;
    this.#owners.delete(id);
    this.#here.leave(id, nowhere(id));
  }
}
