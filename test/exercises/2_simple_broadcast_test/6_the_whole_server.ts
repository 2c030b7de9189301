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
    {
      for: /./,
      text: "You have written its parts: 2.4 tells everybody, 2.5 keeps the newest positions for a slow client. Put each client's outbox in place of its socket. The deadlines are lesson 0's.",
    },
    {
      for: /./,
      text: "With the kit's `Connection`, `read` has a deadline, and `write` returns a promise when there is no room. The handlers of other clients write to this client, so catch there what `write` throws.",
    },
    {
      for: /leave|left|goodbye|nowhere|breaks|newcomer/,
      text: "However a client leaves, do the same things once: take it off the list, send NOWHERE to all who remain, and close its connection. A `finally` around its loop does that.",
    },
    {
      for: /without end|moves/,
      text: "A client that moves without end keeps everyone else waiting, because a read whose bytes are already there does not wait. After some moves give the others a turn: `await setImmediate()` of node:timers/promises.",
    },
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(SERVER_CHECKS, { timeout: TIMEOUT, interval: 0 }, [`${TIMEOUT}`]),
});
