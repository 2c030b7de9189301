/**
 * What every lesson's client has: connecting, showing bytes if asked to, and a polite goodbye on Ctrl-C.
 *
 * @module
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type FlagTable, hostFlag, millisecondsFlag, numberFlag, switchFlag } from "./command_line.ts";
import { type ByteWatcher, Connection } from "./connection.ts";
import { log, showPackets, startClock } from "./log.ts";
import type { PacketDescription } from "./packets.ts";
import { onStop } from "./program.ts";
import { logWire } from "./wire.ts";

/** Where a server is. */
export interface Address {
  /** A name, or an address, e.g. `127.0.0.1`. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
}

/** What every client can be told on its command line. */
export interface ClientOptions extends Address {
  /** How long to wait for the server, in milliseconds. */
  readonly timeout: number;
  /** Whether to show every byte. */
  readonly bytes: boolean;
  /** Whether each line shows how long the client has been running. */
  readonly times: boolean;
}

/**
 * The flags that every client has.
 *
 * @param port - the lesson's port
 * @param timeout - in milliseconds
 * @param timeoutHelp - what the timeout is for, for the usage
 * @returns the table of flags
 */
export function clientFlags(port: number, timeout: number, timeoutHelp: string): FlagTable<ClientOptions> {
  return {
    host: hostFlag("address of the server"),
    port: numberFlag("N", port, 1, 65535, "port of the server"),
    timeout: millisecondsFlag(timeout, 1, timeoutHelp),
    bytes: switchFlag("show every byte that arrives and leaves"),
    times: switchFlag("start each line with the seconds since the client started"),
  };
}

/** A connected socket, and what reads whole packets from it. */
export interface Connected {
  /** The socket itself. */
  readonly socket: Socket;
  /** Reads and writes on it. */
  readonly connection: Connection;
}

/**
 * Connects to a server. The server listens on a port that we know. The operating system picks any free port for
 * our end.
 *
 * @param address - the server's
 * @param timeout - how long it may take, in milliseconds
 * @param watcher - sees every byte, if it is given
 * @returns resolves when both sides have agreed (TCP's three-way handshake)
 * @throws the operating system's error, e.g. ECONNREFUSED if nothing listens there; ABORT_ERR if it takes too long
 */
export async function connectTo(
  { host, port }: Address,
  timeout: number,
  watcher?: ByteWatcher,
): Promise<Connected> {
  // The connection has a receive buffer of its own. Node would read another 64 KiB ahead while the program doesn't read:
  // these bytes stay with the operating system, where a person can see them wait.
  const flags = { host, port, noDelay: true, readableHighWaterMark: 1 };
  const socket = connect(flags);
  const connection = new Connection(socket);
  if (watcher) connection.watch(watcher);
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { socket, connection };
}

/**
 * Connects as a lesson's client does: `--bytes` shows what crosses the wire, and Ctrl-C closes the connection politely.
 *
 * @param options - the values of {@link clientFlags}
 * @param packets - the lesson's packets
 * @returns and throws as {@link connectTo}
 */
export async function openClient(
  options: ClientOptions,
  packets: readonly PacketDescription[],
): Promise<Connected> {
  let connected: Connected | undefined;
  onStop(async () => {
    log("closing the connection");
    await connected?.connection.close();
  });
  if (options.bytes) showPackets("bytes");
  if (options.times) startClock();
  connected = await connectTo(
    options,
    options.timeout,
    options.bytes ? logWire("", "client", packets) : undefined,
  );
  return connected;
}
