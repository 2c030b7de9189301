import { expect, test } from "vitest";
import { MOST_CLIENTS, Room } from "../../../lessons/2_simple_broadcast_test/room.ts";
import { NOWHERE } from "../packets.ts";

/** A room in which client 9 is the map. */
function openRoom(): Room {
  const room = new Room("127.0.0.1:9002");
  room.open(9);
  room.hear(9, 0, 0);
  room.hear(1, 5, 5);
  room.takeChanges();
  return room;
}

test("the pages get only the newest place of a client that moved often, and the number of moves", () => {
  const room = openRoom();
  for (let x = 6; x <= 30; x++) room.hear(1, x, 5);
  expect(room.takeChanges()).toEqual({ moved: [[1, 30, 5]], left: [], moves: 25, more: false });
  expect(room.takeChanges()).toBeUndefined();
});

test("neither a newcomer nor a repetition of the map's own place counts as a move", () => {
  const room = openRoom();
  room.hear(2, 1, 1);
  room.hear(9, 0, 0);
  expect(room.takeChanges()).toMatchObject({ moves: 0 });
});

test("a client that has left is forgotten, and the pages are told once", () => {
  const room = openRoom();
  room.hear(1, 6, 5);
  room.hear(1, NOWHERE, NOWHERE);
  room.hear(1, NOWHERE, NOWHERE);
  room.hear(7, NOWHERE, NOWHERE); // never seen
  expect(room.takeChanges()).toMatchObject({ moved: [], left: [1] });
  expect(room.takeChanges()).toBeUndefined();
  expect(room.whole.places).toEqual([[9, 0, 0]]);
  room.hear(1, 3, 3);
  room.hear(1, NOWHERE, NOWHERE);
  room.hear(1, 4, 4);
  expect(room.takeChanges()).toMatchObject({ moved: [[1, 4, 4]], left: [] });
});

test("half of nowhere is a place", () => {
  const room = openRoom();
  room.hear(1, NOWHERE, 0);
  expect(room.takeChanges()).toMatchObject({ moved: [[1, NOWHERE, 0]], left: [] });
});

test("the room keeps a limited number of clients, however many ids a server makes up, and reuses a free place", () => {
  const room = openRoom();
  for (let id = 10; id < 10_000; id++) room.hear(id, 1, 1);
  expect(room.whole.places).toHaveLength(MOST_CLIENTS);
  expect(room.whole.more).toBe(true);
  expect(room.takeChanges()).toMatchObject({ more: true });
  // Those that it knows still move.
  room.hear(1, 8, 8);
  expect(room.takeChanges()?.moved).toEqual([[1, 8, 8]]);

  room.hear(1, NOWHERE, NOWHERE);
  room.hear(9999, 2, 2);
  expect(room.takeChanges()).toEqual({ moved: [[9999, 2, 2]], left: [1], moves: 0, more: false });
});

const EMPTY = { server: "127.0.0.1:9002", connected: false, self: 0, places: [], more: false };

test("the room is empty before the map has connected", () => {
  expect(new Room("127.0.0.1:9002").takeChanges()).toBeUndefined();
  expect(new Room("127.0.0.1:9002").whole).toEqual(EMPTY);
});

test("without a server there is nobody, and with a new one everybody is new", () => {
  const room = openRoom();
  for (let id = 10; id < 10_000; id++) room.hear(id, 1, 1);
  room.close();
  expect(room.whole).toEqual(EMPTY);
  expect(room.takeChanges()).toBeUndefined();
  room.open(4);
  room.hear(4, 2, 2);
  room.open(5);
  expect(room.whole).toEqual({ ...EMPTY, connected: true, self: 5 });
});

test("tells the pages what waits for whom when that changes, whatever the status says", () => {
  const room = new Room("127.0.0.1:9002");
  room.open(9);
  room.hear(1, 5, 5);
  room.hear(2, 5, 5);
  room.takeChanges();
  room.wait({
    clients: [
      { id: 1, positions: 2, sending: 30, unread: 100 },
      { id: 2, positions: 0, sending: 0, unread: 0 },
      { id: 77, positions: 9 },
      { id: 2, positions: -1, sending: "9", unread: 1e300 },
      null,
      "id",
    ],
  });
  expect(room.takeChanges()).toMatchObject({ moved: [], moves: 0, waiting: [[1, 2, 130]] });
  expect(room.takeChanges()).toBeUndefined();
  expect(room.whole.waiting).toEqual([[1, 2, 130]]);
  room.wait({ clients: [{ id: 1, positions: 2, unread: 130 }] });
  expect(room.takeChanges(), "the same once more").toBeUndefined();
  for (const nothing of [undefined, null, [], { clients: 5 }, "junk"]) {
    room.wait({ clients: [{ id: 1, positions: 2 }] });
    room.takeChanges();
    room.wait(nothing);
    expect(room.takeChanges()?.waiting, String(nothing)).toBeNull();
  }
  room.wait({ clients: [{ id: 1, positions: 2 }] });
  room.close();
  expect(room.whole.waiting).toBeUndefined();
});
