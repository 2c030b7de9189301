import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { HAS_SIGNALS, Peer } from "../harness.ts";
import { startAedes, stranger } from "./cluster.ts";

test("passes on what is published, whatever else connects, and stops without a word", async () => {
  const broker = await startAedes();
  const [reader, writer] = [await stranger(broker.url), await stranger(broker.url)];
  const heard = new Promise<string>((resolve) => {
    reader.on("message", (topic, bytes) => resolve(`${topic} ${bytes}`));
  });
  await reader.subscribeAsync("room/+");
  const rude = await Peer.connect(broker.port);
  rude.send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
  await rude.over;
  (await Peer.connect(broker.port)).reset();
  writer.publish("room/x", "hello");
  expect(await heard).toBe("room/x hello");
  if (HAS_SIGNALS) await broker.program.stops();
});

test("says who connects and who leaves, and makes the control characters of a name visible", async () => {
  const broker = await startAedes();
  const options = { clientId: "some\x1bbody", protocolVersion: 4, reconnectPeriod: 0 } as const;
  const client = await connectAsync(broker.url, options);
  await broker.program.line(/^some\\u\{1b\}body connected$/);
  await client.endAsync();
  await broker.program.line(/^some\\u\{1b\}body disconnected$/);
});
