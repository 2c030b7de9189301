/**
 * Exercise 3.4 · A client that comes back
 *
 * A client knows several servers. When its own dies, it waits and goes to another one. Each failure in a row makes the next
 * wait longer. A thousand clients lose the same server in the same millisecond, and they must not all come back at the
 * same moment, so each waits for a random part of the time.
 *
 * ```text
 *   failures in a row      1             2              3               …      7 or more
 *   waits                  250–500 ms    500–1000 ms    1000–2000 ms    …      15–30 s
 * ```
 *
 * Connect to one of the servers at random. If the connection is lost, or can't be made, that is a failure: wait, and then
 * connect to one of the others at random. If there is only one server, connect to that one again. Once a connection is
 * made, the count starts again: the next failure is number 1 in its row.
 *
 * The world is handed to you, so that the checks can show you years of it in a moment: use its `sleep` and its `random`.
 *
 * Check it: `npm run exercises 3.4`. Stuck? `npm run exercises hint 3.4`
 *
 * @module
 */

/**
 * How long the first wait may be, and how long any wait may be, in milliseconds. A wait is between half of its longest
 * time and all of it.
 */
export const [FIRST_WAIT, LONGEST_WAIT] = [500, 30_000] as const;

/** A connection to a server. */
export interface Connection {
  /** Fulfilled when it is over: `lost` if the server has gone, `finished` if the client has done all it wanted. */
  readonly over: Promise<"lost" | "finished">;
}

/** What the client needs. */
export interface World {
  /** Connects to a server, and waits for the first position: only then has the server let us in. Rejects if that fails. */
  connect(server: string): Promise<Connection>;
  /** Waits this many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  /** A random number, at least 0 and less than 1, as `Math.random` gives it. */
  random(): number;
}

/**
 * Stays connected to one of the servers, until a connection has finished.
 *
 * @param servers - at least one
 * @param world - what the client needs
 */
export async function stayConnected(servers: readonly string[], world: World): Promise<void> {
  throw new Error(
    `not written yet: stayConnected(${servers.join(", ")}), with ${Object.keys(world).join(", ")}`,
  );
}
