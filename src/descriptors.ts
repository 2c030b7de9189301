/**
 * File descriptors: every socket takes one, and a process may have only so many (`ulimit -n`).
 *
 * @module
 */

import { closeSync, openSync } from "node:fs";
import process from "node:process";

const NULL_FILE = process.platform === "win32" ? "\\\\.\\NUL" : "/dev/null";

/**
 * Tells whether the process could open one more file or socket. A server that asks this for each client, and
 * turns the client away where the answer is no, never runs out: with none left, Node would close new clients
 * before the server hears of them, so that nobody could say why.
 *
 * @returns false where the process or the machine has no descriptor left
 */
export function hasSpareDescriptor(): boolean {
  try {
    closeSync(openSync(NULL_FILE, "r"));
    return true;
  } catch (error) {
    // Any other error, such as a permission that Deno was not given, says nothing about descriptors.
    const { code } = error as NodeJS.ErrnoException;
    return code !== "EMFILE" && code !== "ENFILE";
  }
}
