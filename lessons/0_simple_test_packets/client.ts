/**
 * Lesson 0 · the client: it answers test packets, which shows that it is alive.
 *
 * What you learn here: how a program connects to a server, how long a read may wait, and how to play dead so that you
 * can watch what the server does about it.
 *
 * Run it while the server runs: `npx tsx lessons/0_simple_test_packets/client.ts`. With `--silent-after 3` it
 * answers three times and then never again.
 *
 * @module
 */

import { clientFlags, openClient } from "../../src/client.ts";
import { numberFlag, readCommandLine } from "../../src/command_line.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { hostAndPort, log } from "../../src/log.ts";
import { run } from "../../src/program.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

// What you can change on the command line. After a minute without a test, the server must be gone.
const FLAGS = {
  ...clientFlags(9000, 60_000, "how long to wait for the next test packet"),
  "silent-after": numberFlag(
    "N",
    undefined,
    0,
    1_000_000,
    "play dead after N answers: stay connected, but stop answering",
  ),
};

async function main(): Promise<void> {
  const { options } = readCommandLine("client.ts [flags]", FLAGS);
  const { host, port, timeout } = options;

  // Step 4 · Connect
  // ----------------
  // steps/client.ts does this with `connect`. `openClient` adds what every client needs: an error if nothing listens there,
  // `--bytes`, and a polite goodbye on Ctrl-C.
  const { socket, connection } = await openClient(options, PACKETS);
  log(`connected to ${hostAndPort(host, port)} from port ${socket.localPort}`);

  // Step 5 · Answer every test packet
  // ---------------------------------
  // The loop never ends by itself. It ends when the server closes the connection, because then the read throws, or when
  // you press Ctrl-C.
  const silentAfter = options["silent-after"] ?? Number.POSITIVE_INFINITY;
  for (let answers = 0; ; ) {
    // A server that has vanished without a goodbye sends nothing, forever. So this wait needs a deadline too.
    const packet = await connection.read(TEST_PACKET.size, deadlineIn(timeout));
    const [id, sequence] = TEST_PACKET.unpack(packet);

    // Playing dead: the client reads the bytes, as a live program would, but sends nothing back. The connection is in
    // perfect health. Only the test shows that nobody is at home.
    if (answers >= silentAfter) {
      log(`test packet: id ${id} sequence ${sequence} · not answered`, "yellow");
      continue;
    }
    // The answer is the packet itself. We unpacked it only to print it.
    await connection.write(packet, deadlineIn(timeout));
    answers++;
    log(`test packet: id ${id} sequence ${sequence} · answered`);
  }
}

run(main);
