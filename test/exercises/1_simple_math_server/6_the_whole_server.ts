import { ATTACKS } from "#lessons/1_simple_math_server/attacks.ts";
import { exercise } from "../check.ts";
import { SERVER_LIMIT, serverChecks } from "../server.ts";

export default exercise<object>({
  exports: [],
  hints: [
    "Exercise 1.5 is most of it. What it lacks: MULTIPLICACION, malformed requests, commands that are not UTF-8, and clients that end their half. Begin with it, and run the check after each part.",
    "With `peek`, four bytes are enough to see a wrong length: answer status 3 at once, and close. A `TextDecoder` with `{ fatal: true }` throws when a text is not UTF-8.",
    "`createServer({ allowHalfOpen: true }, …)`: without it, Node closes your half as soon as the client has ended its own, and answers are lost.",
    "0 × −5 is −0 in JavaScript; `+ 0` makes it 0. `deadlineIn(timeout)` anew for each request, and the same one for its peek, its read and its answer.",
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(ATTACKS, { timeout: 1000, interval: 0 }, ["1000"]),
});
