/**
 * The hand that reaches into the network: it carries out steps on one connection, for a recipe and for
 * the page.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import {
  NoPacketError,
  type PacketDescription,
  PacketSplitter,
  packetFrom,
  sizeOf,
} from "../../src/packets.ts";
import type { OneWay, RelayEvent, RelayedConnection, Way } from "../../src/relay.ts";
import type { Amount, RecipeStep } from "./recipe.ts";

const NO_BYTES = new Uint8Array(0);

/** One connection, and what may be done to it. */
export class Hand {
  readonly #connection: RelayedConnection;
  readonly #packets: readonly PacketDescription[];
  readonly #released: Record<Way, PacketSplitter>;
  /** The bytes already released of a packet that isn't complete yet. */
  readonly #begun: Record<Way, Uint8Array> = { "to-server": NO_BYTES, "to-client": NO_BYTES };
  readonly #closed = new AbortController();
  readonly #tell: (step: RecipeStep) => void;
  #changed = () => {};

  /**
   * @param connection - the connection
   * @param packets - the lesson's packets
   * @param tell - called with each step that was done
   */
  constructor(
    connection: RelayedConnection,
    packets: readonly PacketDescription[],
    tell: (step: RecipeStep) => void,
  ) {
    this.#tell = tell;
    this.#connection = connection;
    this.#packets = packets;
    this.#released = {
      "to-server": new PacketSplitter(packetFrom(packets, "client")),
      "to-client": new PacketSplitter(packetFrom(packets, "server")),
    };
  }

  /**
   * Must be called with everything that happens on the connection.
   *
   * @param event - what has happened
   */
  notice(event: RelayEvent): void {
    if (event.is === "let go" && typeof event.item !== "string") {
      const last = this.#released[event.way].push(event.item).at(-1);
      this.#begun[event.way] = last?.is === "part" ? last.packet : NO_BYTES;
    }
    if (event.is === "closed") this.#closed.abort();
    this.#changed();
  }

  /** The bytes already released of a packet that isn't complete yet. */
  begun(way: Way): Uint8Array {
    return this.#begun[way];
  }

  /**
   * Does one thing at once.
   *
   * @param step - what to do; a `wait` does nothing
   * @returns false for a release of more bytes than are held, which does nothing
   */
  do(step: RecipeStep): boolean {
    if (step.do === "wait") return true;
    const way = this.#connection[step.way];
    const count = step.do === "release" ? this.#countOf(way, step.amount) : 0;
    if (count === undefined) return false;
    this.#tell(step);
    if (step.do === "mode") way.setMode(step.mode);
    else if (step.do === "delay") way.setDelay(step.milliseconds);
    else if (step.do === "end") way.end(step.how);
    else way.release(count);
    return true;
  }

  /**
   * Carries out a recipe. A release waits until enough bytes are held. If the sender says goodbye first, it
   * releases what there is.
   *
   * @param steps - the recipe
   * @returns once it is done, or the connection is closed
   */
  async carryOut(steps: readonly RecipeStep[]): Promise<void> {
    const { signal } = this.#closed;
    for (const step of steps) {
      if (step.do === "wait") await setTimeout(step.milliseconds, undefined, { signal }).catch(() => {});
      while (!signal.aborted && !this.do(step)) {
        if (step.do === "release" && this.#connection[step.way].heldEnd) {
          this.#connection[step.way].release();
          break;
        }
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
      if (signal.aborted) return;
    }
  }

  /** How many bytes an amount is now; undefined while too few are held. */
  #countOf(way: OneWay, amount: Amount): number | undefined {
    if (amount === "all") {
      return way.heldSize > 0 || way.heldEnd ? Number.POSITIVE_INFINITY : undefined;
    }
    const count = amount === "packet" ? this.#packetSize(way) : amount;
    return count !== undefined && way.heldSize >= count ? count : undefined;
  }

  /** How many bytes are missing until the packet that comes next is whole; undefined while that isn't known. */
  #packetSize(way: OneWay): number | undefined {
    const packet = packetFrom(this.#packets, way.way === "to-server" ? "client" : "server");
    const begun = this.#begun[way.way];
    try {
      const size = sizeOf(packet, Buffer.concat([begun, way.peek(64)]));
      return size === undefined ? undefined : size - begun.length;
    } catch (error) {
      if (!(error instanceof NoPacketError)) throw error;
      return way.heldSize; // nobody can tell where a packet ends
    }
  }
}
