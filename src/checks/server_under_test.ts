/**
 * A server that is checked or attacked: where it listens, how patient it is, and every connection to it.
 *
 * @module
 */

import { type Address, connectTo } from "../client.ts";
import { deadlineIn } from "../deadline.ts";
import type { PacketDescription } from "../packets.ts";
import { explain } from "../program.ts";
import { logWire } from "../wire.ts";
import { CheckFailed, PAUSE, Peer, PROMPTLY, pauseWithin } from "./peer.ts";

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
  /** How long the server may take for what it does at once, in milliseconds: not so long that its timeout comes first. */
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
   * @param name - what its lines start with; without a name nothing about it is printed
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

  /** Whether anyone still listens there. */
  async listens(): Promise<boolean> {
    try {
      const { connection } = await connectTo(this.#address, PROMPTLY);
      // Politely, and after the server has had the time to send something: to look at it must not harm it.
      await connection.waitForBytes(deadlineIn(PAUSE)).catch(() => {});
      await connection.close();
      return true;
    } catch {
      return false;
    }
  }

  /** Closes every connection that is still open, politely, so that what comes next does not suffer from it. */
  async leave(): Promise<void> {
    await Promise.all(Array.from(this.#peers, (peer) => peer.leave()));
    this.#peers.clear();
  }
}
