import { SERVER_CHECKS } from "#lessons/0_simple_test_packets/attacks.ts";
import { exercise } from "../assertions.ts";
import { SERVER_LIMIT, serverChecks } from "../server.ts";

export default exercise<object>({
  exports: [],
  hints: [
    {
      for: /./,
      text: "You have written all its parts. Exercise 0.4 listens, counts ids and survives errors; 0.5 reads whole packets; 0.2 compares; 0.7 has the deadline. Begin with 0.4, and run the checks after each part.",
    },
    {
      for: /./,
      text: "Write one async function per client, with a loop: send a test, read eight bytes in time, compare, pause, count up. `createServer` calls it for each socket and does not await it.",
    },
    {
      for: /clos|goodbye|not the answer|breaks|stays connected|nothing|left|late/,
      text: "However that function ends, close its client: `handleClient(socket, id).catch(() => {}).finally(() => socket.destroy())`.",
    },
    {
      for: /without end|flood/,
      text: 'A listener for "data" takes everything at once, so a flood fills the memory. Call `socket.pause()` when you have eight bytes and `socket.resume()` when you want the next, or call `socket.read(8)` in a listener for "readable".',
    },
  ],
  limit: SERVER_LIMIT,
  checks: serverChecks(SERVER_CHECKS, { timeout: 1000, interval: 50 }, ["1000", "50"]),
});
