import { SERVER_CHECKS } from "#lessons/0_simple_test_packets/attacks.ts";
import { exercise } from "../assertions.ts";
import { SERVER_LIMIT, serverChecks } from "../server.ts";

export default exercise<object>({
  exports: [],
  hints: [
    "You have written all its parts: exercise 0.4 listens, counts ids and survives errors; 0.5 reads whole packets; 0.2 compares; 0.7 has the deadline. Begin with 0.4, and run the check after each part.",
    "One async function per client, with a loop: send a test, read eight bytes in time, compare, pause, count up. `createServer` calls it for each socket and does not await it.",
    "However that function ends, its client must be closed: `handleClient(socket, id).catch(() => {}).finally(() => socket.destroy())`.",
    'Against a flood: a listener of "data" takes everything at once. `socket.pause()` when you have eight bytes and `socket.resume()` when you want the next, or `socket.read(8)` in a listener of "readable".',
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(SERVER_CHECKS, { timeout: 1000, interval: 50 }, ["1000", "50"]),
});
