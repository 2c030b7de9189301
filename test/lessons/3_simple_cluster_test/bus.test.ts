/** What a server believes of another one: the other one is the test. */

import { expect, test } from "vitest";
import type { Server } from "../harness.ts";
import { NOWHERE, position } from "../packets.ts";
import { Walker } from "../walker.ts";
import { FakeMember, startAedes, startMember, startRoom } from "./cluster.ts";

const GONE = `${NOWHERE} ${NOWHERE}`;

/** A server, a client of its own, and a fake server with client 5 at 1 1, which they know. */
async function room(serverTimeout = 20_000) {
  const { url } = await startAedes();
  const server = await startMember(url, "A", "--server-timeout", String(serverTimeout));
  const watcher = await Walker.join(server);
  const member = await FakeMember.join(url, 1);
  member.positions.set(5, position(5, 1, 1));
  await watcher.hears(5, 1, 1);
  return { url, server, watcher, member };
}

/** Has a client of another fake server move, so that all that was published before has been heard. */
async function settled(url: string, watcher: Walker, session: number): Promise<void> {
  const other = await FakeMember.join(url, session);
  other.positions.set(1000 + session, position(1000 + session, 3, 3));
  await watcher.hears(1000 + session, 3, 3);
}

test("a server that doesn't answer is not believed, and neither is one that answers what was never asked", async () => {
  const { url, server, watcher } = await room();
  const deaf = await FakeMember.join(url, 2);
  deaf.fallSilent();
  deaf.positions.set(6, position(6, 6, 6));
  deaf.beat({ heard: new Map() });
  for (const session of deaf.sessions) deaf.beat({ heard: new Map([[session, 1]]) });
  deaf.moves([position(6, 7, 7)]);
  await settled(url, watcher, 9);
  expect(watcher.map.has(6)).toBe(false);
  expect(server.lines.some((line) => line.startsWith("server fake 2"))).toBe(false);
});

test("a server can't move, take or remove another server's client", async () => {
  const { url, watcher, member } = await room();
  const other = await FakeMember.join(url, 2);
  other.positions.set(5, position(5, 2, 2));
  other.positions.set(watcher.self, position(watcher.self, 2, 2));
  other.positions.set(6, position(6, 2, 2));
  await watcher.hears(6, 2, 2);
  other.moves([position(5, 4, 4), position(5, NOWHERE, NOWHERE), position(watcher.self, NOWHERE, NOWHERE)]);
  other.positions.clear();
  other.beat();
  await watcher.hears(6, NOWHERE, NOWHERE);
  expect(watcher.of(5)).toEqual(["1 1"]);
  expect(watcher.of(watcher.self)).toHaveLength(1);
  member.moves([position(5, 8, 8)]);
  await watcher.hears(5, 8, 8);
});

test("a server that names an id before its owner does can't take it away again", async () => {
  const { server, watcher, member } = await room();
  const next = watcher.self + 1;
  member.positions.set(next, position(next, 2, 2));
  member.beat();
  await watcher.hears(next, 2, 2);
  const newcomer = await Walker.join(server);
  expect(newcomer.self).toBe(next);
  await newcomer.moves(7, 7);
  member.positions.delete(next);
  member.beat();
  member.moves([position(5, 8, 8)]);
  await newcomer.hears(5, 8, 8);
  expect(newcomer.map.get(next)).toBe("7 7");
});

test("a beat puts right what was lost: a client that came, moved or left", async () => {
  const { watcher, member } = await room();
  member.positions.set(5, position(5, 9, 9));
  member.positions.set(6, position(6, 6, 6));
  await watcher.hears(6, 6, 6);
  expect(watcher.map.get(5)).toBe("9 9");
  member.positions.delete(5);
  await watcher.hears(5, NOWHERE, NOWHERE);
  // What hasn't changed is not told again.
  expect(watcher.of(6)).toEqual(["6 6"]);
});

test("only messages of a server's newest connection count: not its late will, nor its late moves", async () => {
  const { url, watcher, member } = await room();
  member.gone(8);
  member.moves([position(5, 4, 4)], 8);
  await settled(url, watcher, 9);
  expect(watcher.of(5)).toEqual(["1 1"]);
  member.fallSilent();
  member.gone();
  await watcher.hears(5, NOWHERE, NOWHERE);
});

test("a server that falls silent has gone after a while, and a copy of its last words doesn't bring it back", async () => {
  const { server, watcher, member } = await room(3000);
  member.fallSilent();
  await watcher.hears(5, NOWHERE, NOWHERE);
  await server.line(/^server fake 1 has gone: it has not answered for 3 s; it had 1 clients$/);
  expect(watcher.of(5)).toEqual(["1 1", GONE]);
});

test("thousands of strangers that claim to be servers take nobody's place", async () => {
  const { url, watcher, member } = await room();
  for (let session = 100; session < 3000; session += 29)
    await FakeMember.join(url, session).then((m) => m.fallSilent());
  member.moves([position(5, 8, 8)]);
  await watcher.hears(5, 8, 8);
  expect(watcher.of(5)).toEqual(["1 1", "8 8"]);
});

test("ids are positive: a server can't name a client 0 or −1", async () => {
  const { watcher, member } = await room();
  member.moves([position(0, 1, 1), position(-1, 1, 1), position(7, 1, 1)]);
  await watcher.hears(7, 1, 1);
  expect([watcher.map.has(0), watcher.map.has(-1)]).toEqual([false, false]);
});

test("a new server is answered at once, not with the next beat", async () => {
  const { url } = await startAedes();
  // The next beat is a hundred seconds away, and no test waits that long.
  const server = await startMember(url, "A", "--server-timeout", "600000");
  const watcher = await Walker.join(server);
  const member = await FakeMember.join(url, 1);
  member.positions.set(5, position(5, 1, 1));
  await watcher.hears(5, 1, 1);
  await server.line(/^server fake 1 is here/);
});

test("two servers know the same room once they have met", async () => {
  const { url } = await startAedes();
  const [a, b] = (await startRoom(url, ["A", "B"])) as [Server, Server];
  const [one, two] = [await Walker.join(a), await Walker.join(b)];
  await Promise.all([one.knows((map) => map.has(two.self)), two.knows((map) => map.has(one.self))]);
  expect(one.map).toEqual(two.map);
});
