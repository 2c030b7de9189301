import { SERVER_CHECKS } from "#lessons/2_simple_broadcast_test/attacks.ts";
import { exercise, SLOWNESS } from "../assertions.ts";
import { SERVER_LIMIT, serverChecks } from "../server.ts";

/**
 * Long enough for 600,000 moves, in milliseconds: a server may close whoever reads nothing for that long, and then
 * nobody sees what it would have been told.
 */
const TIMEOUT = 6000 * SLOWNESS;

export default exercise<object>({
  exports: [],
  hints: [
    "You have written its parts: 2.4 tells everybody, 2.5 keeps the newest for whoever is slow. Put each client's outbox in place of its socket. Deadlines are those of lesson 0.",
    "With the kit's `Connection`, `read` has a deadline, and `write` returns a promise when there is no room. A client is told by the handlers of others, so what `write` throws must be caught there.",
    "However a client leaves, the same must happen once: off the list, NOWHERE to all who remain, and its connection closed. A `finally` around its loop does that.",
    "A client that moves without end keeps everyone else waiting, since a read whose bytes are there does not wait: after so many moves let the others have a turn, `await setImmediate()` of node:timers/promises.",
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(SERVER_CHECKS, { timeout: TIMEOUT, interval: 0 }, [`${TIMEOUT}`]),
});
