/**
 * What the operating system holds of the bytes that are on their way: the part of the buffers that a program can't see.
 *
 * Linux shows it in a file, `/proc/net/tcp` (proc_pid_net(5)). Other operating systems have no such file.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** What the operating system holds for one end of a connection, in bytes. */
export interface Queues {
  /** Written by the program, and not yet acknowledged by the other end's operating system. */
  readonly sending: number;
  /** Arrived, and not yet read by the program. */
  readonly receiving: number;
}

/** An open connection (its state is 01): both ports, and both queues, in hex. */
const ROW = /:([\dA-F]{4}) [\dA-F]{8}:([\dA-F]{4}) 01 ([\dA-F]{8}):([\dA-F]{8})/g;

/**
 * Reads the queues of all open IPv4 connections of this machine. It takes about 10 ms for 10,000 connections.
 *
 * @returns finds one end of a connection by its own port and the other end's; undefined where the operating system does
 * not tell
 */
export function readQueues(): ((local: number, remote: number) => Queues | undefined) | undefined {
  let table: string;
  try {
    table = readFileSync("/proc/net/tcp", "latin1");
  } catch {
    return undefined;
  }
  const rows = new Map<string, Queues>();
  for (const [, ...columns] of table.matchAll(ROW)) {
    const [local, remote, sending = 0, receiving = 0] = columns.map((digits) => Number.parseInt(digits, 16));
    rows.set(`${local} ${remote}`, { sending, receiving });
  }
  return (local, remote) => rows.get(`${local} ${remote}`);
}
