/**
 * What `npm run network` prints: each chunk that arrives at the relay, and each that leaves it, in the format of
 * `--bytes`.
 *
 * ```text
 *   in  client 1 → 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41           request: SUMA 2 3
 *   out client 1 → 04 00 00 00 │ 02 …                                  5 of 12 bytes of a request
 *   in  client 1 → FIN
 * ```
 *
 * @module
 */

import type { ByteWatcher } from "../../src/connection.ts";
import { hostAndPort, log, logLimited } from "../../src/log.ts";
import type { PacketDescription } from "../../src/packets.ts";
import { explain } from "../../src/program.ts";
import type { Item, RelayEvent, Way } from "../../src/relay.ts";
import { logWire } from "../../src/wire.ts";
import { ARROWS } from "./recipe.ts";

const LABELS = { came: "in ", left: "out", "thrown away": "✕  " } as const;

/** Prints what happens on the connections. */
export class Terminal {
  readonly #packets: readonly PacketDescription[];
  readonly #watchers = new Map<number, Record<"came" | "left", ByteWatcher>>();

  /** @param packets - the lesson's packets */
  constructor(packets: readonly PacketDescription[]) {
    this.#packets = packets;
  }

  /**
   * Prints what has happened.
   *
   * @param event - what
   */
  show(event: RelayEvent): void {
    const client = `client ${event.connection}`;
    switch (event.is) {
      case "connected":
        this.#watchers.set(event.connection, {
          came: this.#watcher("in ", client),
          left: this.#watcher("out", client),
        });
        log(`${client} connected from ${hostAndPort(event.host, event.port)}`, "green");
        break;
      case "turned away":
        log(`turned away ${hostAndPort(event.host, event.port)}: too many connections`, "yellow");
        break;
      case "came":
      case "left":
      case "thrown away":
        this.#showItem(event.connection, event.is, event.way, event.item);
        break;
      case "mode":
        log(`    ${client} ${ARROWS[event.way]} ${event.mode}`, "cyan");
        break;
      case "delay":
        log(`    ${client} ${ARROWS[event.way]} delay ${event.delay} ms`, "cyan");
        break;
      case "unreachable":
        log(`${client}: ${explain(event.error)}`, "yellow");
        break;
      case "closed":
        this.#watchers.delete(event.connection);
        log(`${client}: both sides are closed`, "yellow");
        break;
    }
  }

  #watcher(label: string, client: string): ByteWatcher {
    return logWire(`${label} ${client}`, "server", this.#packets);
  }

  #showItem(id: number, is: "came" | "left" | "thrown away", way: Way, item: Item): void {
    const start = `${LABELS[is]} client ${id} ${ARROWS[way]}`;
    const end = is === "thrown away" ? ", thrown away" : "";
    if (typeof item === "string") {
      logLimited(() => `${start} ${item}${end}`);
      return;
    }
    if (is === "thrown away") {
      logLimited(() => `${start} ${item.length} bytes${end}`);
      return;
    }
    const watcher = this.#watchers.get(id)?.[is];
    if (way === "to-server") watcher?.received(item);
    else watcher?.sent(item);
  }
}
