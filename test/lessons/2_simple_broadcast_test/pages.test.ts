import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { asEvent, Pages } from "../../../lessons/2_simple_broadcast_test/pages.ts";
import { within } from "../harness.ts";

/** A page that has asked for the events, and reads none unless told to. */
async function listen(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return socket;
}

/** Reads until a text has come. Returns all that has. */
async function readUntil(socket: Socket, text: string): Promise<string> {
  let read = "";
  const reading = (async () => {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      const searched = Math.max(read.length - text.length, 0);
      read += chunk;
      if (read.includes(text, searched)) return;
    }
  })();
  await within(reading, () => `${text}, after ${read.length} characters`);
  return read;
}

const LARGE = "x".repeat(400_000);

test("a page that does not read costs a bounded amount, and sees the present when it reads again", async () => {
  let newest = 0;
  const pages = new Pages(() => asEvent("room", `everything at ${newest}`));
  const port = await pages.listen(0);
  const slow = await listen(port);
  await readUntil(slow, "everything at 0");
  const quick = await listen(port);
  await readUntil(quick, "everything at 0");
  for (newest = 1; newest <= 60; newest++) {
    pages.tell(asEvent("changes", `${newest} ${LARGE}`));
    // The other page misses nothing.
    await readUntil(quick, `data: "${newest} `);
  }
  newest = 1000;
  const read = await readUntil(slow, "everything at 1000");
  expect(read.length).toBeLessThan(12_000_000);
  // From then on it is told what changes, as before.
  pages.tell(asEvent("changes", "something new"));
  await readUntil(slow, "something new");
});

/** Asks for the events again and again, until there is a place. */
async function askUntilWelcome(port: number): Promise<void> {
  for (;;) {
    const page = await listen(port);
    const head = await readUntil(page, "\r\n\r\n");
    page.destroy();
    if (head.startsWith("HTTP/1.1 200 ")) return;
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
  }
}

test("so many pages may listen, and one more when one has gone", async () => {
  const pages = new Pages(() => asEvent("room", "everything"));
  const port = await pages.listen(0);
  const open = await Promise.all(Array.from({ length: 20 }, () => listen(port)));
  for (const page of open) await readUntil(page, "everything");
  await readUntil(await listen(port), "HTTP/1.1 503 ");
  open[7]?.destroy();
  await within(askUntilWelcome(port), () => "a place for a page");
});

test("a page that reads nothing for long is closed, and its place is another's", async () => {
  const pages = new Pages(() => asEvent("room", "everything"), 100);
  const port = await pages.listen(0);
  const open = await Promise.all(Array.from({ length: 20 }, () => listen(port)));
  for (const page of open) await readUntil(page, "everything");
  // Until the buffers of both systems are full, nobody can tell that it does not read.
  const telling = setInterval(() => pages.tell(asEvent("changes", LARGE)), 1);
  onTestFinished(() => clearInterval(telling));
  await within(askUntilWelcome(port), () => "a place for a page");
});
