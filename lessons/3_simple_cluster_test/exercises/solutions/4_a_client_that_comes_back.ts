/**
 * Exercise 3.4 · A client that comes back: our solution.
 *
 * @module
 */

/** The longest time of the first wait, and of any, in milliseconds. A wait is between half of its longest time and all of it. */
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
  let longest: number = FIRST_WAIT;
  let lost: string | undefined;
  for (;;) {
    const others = servers.filter((server) => server !== lost);
    const choice = others.length > 0 ? others : servers;
    const server = choice[Math.floor(world.random() * choice.length)] as string;
    try {
      const connection = await world.connect(server);
      longest = FIRST_WAIT;
      if ((await connection.over) === "finished") return;
    } catch {
      // It could not be made. That is a failure like any other.
    }
    lost = server;
    await world.sleep(longest / 2 + (world.random() * longest) / 2);
    longest = Math.min(longest * 2, LONGEST_WAIT);
  }
}
