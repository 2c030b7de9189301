/**
 * A server that is checked or attacked: where it listens, how long it waits for its clients, and every connection to
 * it.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { type Address, connectTo } from "../client.ts";
import { deadlineIn } from "../deadline.ts";
import type { PacketDescription } from "../packets.ts";
import { explain } from "../program.ts";
import { logWire } from "../wire.ts";
import { CheckFailed, PAUSE, Peer, PROMPTLY, pauseWithin } from "./peer.ts";

/** How often a server may accept a client and close it at once, and still count as one that listens. */
const ATTEMPTS = 3;

/** The server that is checked. */
export class ServerUnderTest {
  readonly #address: Address;
  readonly #packets: readonly PacketDescription[];
  readonly #peers = new Set<Peer>();
  /** How long the server waits for a client, in milliseconds. */
  readonly timeout: number;
  /** How long it rests between two packets, in milliseconds. */
  readonly interval: number;
  /** Between two pieces of a packet, in milliseconds: see {@link pauseWithin}. */
  readonly pause: number;
  /**
   * How long the server may take for what it does at once, in milliseconds: short enough that its timeout comes later.
   */
  readonly promptly: number;

  /**
   * @param address - where it listens
   * @param times - its timeout and its interval, in milliseconds
   * @param packets - the lesson's packets
   */
  constructor(
    address: Address,
    { timeout, interval }: { timeout: number; interval: number },
    packets: readonly PacketDescription[],
  ) {
    this.#address = address;
    this.#packets = packets;
    this.timeout = timeout;
    this.interval = interval;
    this.pause = pauseWithin(timeout);
    this.promptly = Math.min(PROMPTLY, timeout / 2);
  }

  /**
   * Connects.
   *
   * @param name - what its lines start with; without a name, nothing about the connection is printed
   * @returns the connection
   * @throws CheckFailed if the server no longer accepts connections
   */
  async connect(name?: string): Promise<Peer> {
    const watcher = name === undefined ? undefined : logWire(name, "client", this.#packets);
    try {
      const { socket, connection } = await connectTo(this.#address, PROMPTLY, watcher);
      const peer = new Peer(socket, connection, this.promptly);
      this.#peers.add(peer);
      return peer;
    } catch (error) {
      throw new CheckFailed(`it no longer accepts connections: ${explain(error)}`, "refused");
    }
  }

  /** Whether a server still listens there. */
  async listens(): Promise<boolean> {
    try {
      for (let attempt = 1; ; attempt++) {
        const { connection } = await connectTo(this.#address, PROMPTLY);
        // Close politely, and after the server has had time to send something: looking must not disturb it.
        const isCutOff = await connection.waitForBytes(deadlineIn(PAUSE)).then(
          () => false,
          () => true,
        );
        await connection.close();
        // A program that has just crashed listens until the operating system has closed its sockets, one after another.
        if (!isCutOff || attempt === ATTEMPTS) return true;
        await setTimeout(PAUSE);
      }
    } catch {
      return false;
    }
  }

  /** Politely closes every connection that is still open, so that none of them disturbs the next stage. */
  async leave(): Promise<void> {
    await Promise.all(Array.from(this.#peers, (peer) => peer.leave()));
    this.#peers.clear();
  }
}
