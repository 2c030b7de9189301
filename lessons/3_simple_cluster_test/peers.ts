/**
 * Lesson 3 · peers: which other servers are alive.
 *
 * Lesson 0's server tests its clients: it sends a number, and a client that doesn't send it back in time is gone. Here
 * servers test each other the same way, and one message does it all. Each server publishes a numbered beat about once a
 * second, and each beat says which beats of the others it has heard:
 *
 * ```text
 *   A: beat 71, I have heard B's 12 ──▶
 *                                        ◀── B: beat 13, I have heard A's 71       B is alive: it has answered beat 71
 *   A: beat 72, I have heard B's 13 ──▶
 *   A: beat 73, I have heard B's 13 ──▶
 *   …
 *   A: beat 76, I have heard B's 13 ──▶                                            B's newest answer is 5 beats old: gone
 * ```
 *
 * An answer can't be old news. A broker may have stored a beat of B's, or may deliver it a minute late, but that beat can't
 * name a number that A has only just sent.
 *
 * Time is counted in our own beats, never with a clock. A server that was frozen for an hour hasn't sent any beats in that
 * hour, so it doesn't blame the others for not answering them.
 *
 * This file sends nothing. It decides, and `bus.ts` does the rest.
 *
 * @module
 */

import type { Beat } from "./protocol.ts";

/** How many beats a server sends in a `--server-timeout`. */
export const BEATS_IN_TIMEOUT = 6;

/** A server is gone once it has left this many of our beats unanswered. One less than a timeout has: timers are late. */
const MOST_UNANSWERED = BEATS_IN_TIMEOUT - 2;

/** How many servers are remembered at once. Anyone may claim to be a server, so there has to be a limit. */
export const MOST_SERVERS = 64;

/** Another server of which something was heard. */
export interface Peer {
  /** The number of this run of the server. */
  readonly session: number;
  /** What people call it. */
  readonly name: string;
  /** Its connection to the broker. */
  link: number;
  /** The number of its newest beat. */
  number: number;
  /** Which of our beats was the newest when its newest beat came. */
  heardAt: number;
  /** The newest of our beats that it has answered; undefined while it has answered none. */
  answered: number | undefined;
  /** Whether it was alive, and has gone. A copy of its last beats doesn't bring it back: only a newer beat does. */
  hasGone: boolean;
  /** The ids of its clients. */
  readonly clients: Set<number>;
}

/** What a beat was. */
export interface HeardBeat {
  /** The server that sent it. */
  readonly peer: Peer;
  /** Whether nothing was known about this server before. Then it is waiting for our answer. */
  readonly isFirst: boolean;
  /** Whether it answers a beat that we have sent just now. Otherwise it may be old news. */
  readonly isAnswer: boolean;
}

/** The servers that share a room with this one. */
export class Peers {
  readonly #session: number;
  readonly #peers = new Map<number, Peer>();
  /** The number of our newest beat. It starts anywhere, so that no old message can name it by chance. */
  #number: number;

  /**
   * @param session - the number of this run of our own server
   * @param number - the number of our first beat
   */
  constructor(session: number, number: number) {
    this.#session = session;
    this.#number = number;
  }

  /** The number of our newest beat. */
  get number(): number {
    return this.#number;
  }

  /** The newest beat that was heard from each server, by session: what our next beat answers. */
  get heard(): Map<number, number> {
    return new Map([...this.#peers.values()].map(({ session, number }) => [session, number]));
  }

  /** The servers that are alive. */
  get alive(): Peer[] {
    return [...this.#peers.values()].filter(({ answered }) => answered !== undefined);
  }

  /**
   * Takes a beat of another server.
   *
   * @param session - whose beat it is
   * @param beat - the beat
   * @returns the server, and what its beat was; undefined if the beat is out of order, or there are too many servers
   */
  hear(session: number, beat: Beat): HeardBeat | undefined {
    let peer = this.#peers.get(session);
    const isFirst = peer === undefined;
    if (peer && (beat.number < peer.number || (peer.hasGone && beat.number === peer.number)))
      return undefined;
    if (!peer) {
      if (this.#peers.size >= MOST_SERVERS && !this.#forgetStranger()) return undefined;
      const { name, link, number } = beat;
      const unheard = { heardAt: this.#number, answered: undefined, hasGone: false };
      peer = { session, name, link, number, ...unheard, clients: new Set() };
      this.#peers.set(session, peer);
    }
    const answered = beat.heard.get(this.#session);
    const isAnswer = answered !== undefined && this.#isRecent(answered);
    // The beats of a living server answer ours. Any other beat comes from a stranger, and its number mustn't make the
    // server's next beats look old.
    if (isAnswer || peer.answered === undefined) {
      peer.number = beat.number;
      peer.heardAt = this.#number;
    }
    if (isAnswer) {
      peer.answered = answered;
      peer.hasGone = false;
      peer.link = beat.link;
    }
    return { peer, isFirst, isAnswer };
  }

  /**
   * Finds a server that is alive.
   *
   * @param session - the server
   * @param link - the connection that its message came on
   * @returns the server; undefined if it isn't alive, or has another connection by now
   */
  find(session: number, link: number): Peer | undefined {
    const peer = this.#peers.get(session);
    return peer?.link === link && peer.answered !== undefined ? peer : undefined;
  }

  /**
   * A server has said that it has gone, or its will has.
   *
   * @param peer - the server
   */
  bury(peer: Peer): void {
    peer.answered = undefined;
    peer.hasGone = true;
  }

  /**
   * Our next beat begins.
   *
   * @returns the servers that haven't answered for too long: they have gone
   */
  beat(): Peer[] {
    this.#number++;
    const gone: Peer[] = [];
    for (const peer of this.#peers.values()) {
      if (peer.answered !== undefined && !this.#isRecent(peer.answered)) {
        this.bury(peer);
        gone.push(peer);
      }
      if (!this.#isRecent(peer.heardAt)) this.#peers.delete(peer.session);
    }
    return gone;
  }

  /** Whether one of our beats has been sent, and not too long ago. */
  #isRecent(number: number): boolean {
    return number <= this.#number && this.#number - number <= MOST_UNANSWERED;
  }

  /** Makes room by forgetting someone who claims to be a server, but has never answered. */
  #forgetStranger(): boolean {
    for (const { session, answered } of this.#peers.values()) {
      if (answered === undefined) return this.#peers.delete(session);
    }
    return false;
  }
}
