/**
 * Lesson 3 · the attacks that servers of one room have to survive.
 *
 * `npm run attack 3` lists them, and `npm run attack 3 kill` runs one. They kill and freeze, so each starts a broker and
 * servers of its own: the lesson's, or yours.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { CheckFailed, PROMPTLY, say, seconds } from "../../src/checks/peer.ts";
import type { ServerCheck, ServerChecks } from "../../src/checks/server_stages.ts";
import { SERVER_CHECKS as ALONE, type Position } from "../2_simple_broadcast_test/attacks.ts";
import { isNowhere } from "../2_simple_broadcast_test/protocol.ts";
import { AttackedRoom, type Member, SAME_ID, type Watcher } from "./attacked_room.ts";

/** How long the others may not know that a server was killed, in milliseconds. */
const KILLED_LIMIT = 2000;

/** How long servers may take to find a broker that is back, in milliseconds. */
const BROKER_LIMIT = 5000;

/** A message that a broker has delivered. */
interface Said {
  readonly topic: string;
  readonly payload: Buffer;
}

/** Makes an attack on a room of the servers A and B, each of which has a client. */
function attack(
  name: string,
  title: string,
  cause: string,
  run: (
    room: AttackedRoom,
    servers: readonly [Member, Member],
    clients: readonly [Watcher, Watcher],
  ) => Promise<string>,
  names: readonly [string, string] = ["A", "B"],
): ServerCheck {
  return {
    name,
    title,
    cause,
    async run(target) {
      const room = target as AttackedRoom;
      const [a, b] = (await room.startServers(...names)) as [Member, Member];
      const [one, two] = await Promise.all([a.walkTo(1, 1), b.walkTo(2, 2)]);
      await meet(one, two, [1, 1], [2, 2]);
      return run(room, [a, b], [one, two]);
    },
  };
}

/** Both see each other where they are. */
async function meet(
  one: Watcher,
  two: Watcher,
  first: readonly [number, number],
  second: readonly [number, number],
  limit = PROMPTLY,
): Promise<void> {
  await Promise.all([
    one.sees(two.id, second, limit, `client ${two.id} of the other server`),
    two.sees(one.id, first, limit, `client ${one.id} of the other server`),
  ]);
}

/** How often a client heard that another has left. */
function goodbyes({ heard }: Watcher, id: number): number {
  return heard.filter((position: Position) => position[0] === id && isNowhere(position[1], position[2]))
    .length;
}

/** Remembers all that is said in the room. */
async function eavesdrop(room: AttackedRoom): Promise<Said[]> {
  const said: Said[] = [];
  const spy = await room.stranger();
  spy.on("message", (topic, payload) => said.push({ topic, payload }));
  await spy.subscribeAsync("#");
  return said;
}

async function kill(server: Member): Promise<void> {
  say(`killing server ${server.name}`);
  server.program.kill();
  await server.program.ends(PROMPTLY);
}

/** The checks of `npm run attack 3` and `npm run check-server 3`. */
export const SERVER_CHECKS: ServerChecks = {
  ...ALONE,
  room: (command, timeout, isGroup) => new AttackedRoom(command, timeout, isGroup),
  // Each attack has clients of its own, on servers that nobody else uses.
  addBystander: async () => async () => {},
  attacks: [
    attack(
      "two",
      "clients of two servers see each other connect, move and leave",
      "Publish what your own clients do, subscribe to what the other servers publish, and give a new server everything it has missed.",
      async (_, [a, b], [one, two]) => {
        await one.moveTo(3, 4);
        await two.moveTo(5, 6);
        await meet(one, two, [3, 4], [5, 6]);
        const newcomer = await a.walkTo(7, 7);
        await newcomer.sees(two.id, [5, 6], PROMPTLY, `client ${two.id}, which was there before`);
        const other = await b.walkTo(8, 8);
        await other.sees(one.id, [3, 4], PROMPTLY, `client ${one.id}, which was there before`);
        await two.walker.client.leave();
        await one.sees(two.id, undefined, PROMPTLY, `client ${two.id}, which has left`);
        return "each heard about the other's clients, and a newcomer heard about all of them.";
      },
    ),
    attack(
      "twins",
      "two servers with one name work side by side",
      "Both use the same client id at the broker, so each disconnects the other. Draw a random one for each connection.",
      async (_, __, [one, two]) => {
        for (let move = 1; move <= 20; move++) {
          await Promise.all([one.moveTo(move, 3), two.moveTo(move, 4)]);
          await meet(one, two, [move, 3], [move, 4]);
          await setTimeout(100);
        }
        const lost = goodbyes(one, two.id) + goodbyes(two, one.id);
        if (lost > 0)
          throw new CheckFailed(`meanwhile their clients vanished from each other ${lost} times.`);
        return "neither disconnected the other.";
      },
      ["A", "A"],
    ),
    attack(
      "kill",
      "a server is killed: its clients are gone for all others within 2 s, and it comes back with new ids",
      "Nobody says goodbye for a server that was killed. Leave a will with the broker, which it publishes when the connection breaks.",
      async (room, [, b], [one, two]) => {
        await kill(b);
        await one.sees(two.id, undefined, KILLED_LIMIT, `client ${two.id}, whose server was killed`);
        const again = await room.startServer("B");
        const back = await again.walkTo(9, 9);
        if (back.id === two.id)
          throw new CheckFailed(`after the restart it gave the id ${two.id} again.`, "wrong", SAME_ID);
        await one.sees(back.id, [9, 9], room.serverTimeout + PROMPTLY, `client ${back.id} of the new server`);
        if (goodbyes(one, two.id) !== 1)
          throw new CheckFailed(`it said ${goodbyes(one, two.id)} times that client ${two.id} has left.`);
        return "they heard about it once, and saw the clients of the new server.";
      },
    ),
    attack(
      "freeze",
      "a server freezes: its clients are gone within the server timeout, and back when it wakes",
      "A frozen server sends no goodbye, and the broker no will. Send beats, expect answers to them, and give up on a server that doesn't answer.",
      async (room, [, b], [one, two]) => {
        say("freezing server B");
        b.program.signal("SIGSTOP");
        const limit = room.serverTimeout + PROMPTLY;
        try {
          await one.sees(two.id, undefined, limit, `client ${two.id}, whose server is frozen`);
        } finally {
          b.program.signal("SIGCONT");
        }
        say("server B wakes");
        await one.moveTo(6, 6);
        await two.walker.move(4, 4);
        await meet(one, two, [6, 6], [4, 4], limit);
        return "they disappeared in time, and came back where they are now.";
      },
    ),
    attack(
      "broker",
      "the broker is killed, and comes back: no client loses its connection, and everyone sees everyone again",
      "Don't close any client because the broker is away. Reconnect, and then publish everything again.",
      async (room, [a], [one, two]) => {
        await room.killBroker();
        const limit = room.serverTimeout + PROMPTLY;
        await one.sees(two.id, undefined, limit, `client ${two.id}, which it can't hear about any more`);
        await one.moveTo(3, 3);
        const newcomer = await a.walkTo(5, 5);
        await one.sees(newcomer.id, [5, 5], PROMPTLY, `client ${newcomer.id} of the same server`);
        await two.moveTo(4, 4);
        await room.startBroker();
        await meet(one, two, [3, 3], [4, 4], BROKER_LIMIT + PROMPTLY);
        await two.sees(newcomer.id, [5, 5], PROMPTLY, `client ${newcomer.id}, which connected meanwhile`);
        return "each server went on with its own clients, and then they saw each other again.";
      },
    ),
    attack(
      "ghosts",
      "a server and the broker die together, and the broker remembers what the dead server said",
      "Something that the broker had stored was believed. What is retained is old news until something alive confirms it.",
      async (room, [a, b], [one, two]) => {
        const said = await eavesdrop(room);
        await two.moveTo(8, 8);
        await one.sees(two.id, [8, 8], PROMPTLY, `client ${two.id}`);
        await setTimeout(room.serverTimeout / 2);
        await room.killBroker(); // first, so that it can't publish the server's will
        await kill(b);
        await room.startBroker();
        say("the broker remembers everything");
        const memory = await room.stranger();
        await Promise.all(
          said.map(({ topic, payload }) => memory.publishAsync(topic, payload, { retain: true, qos: 1 })),
        );
        await one.sees(two.id, undefined, room.serverTimeout + PROMPTLY, `client ${two.id}, which is dead`);
        const c = await room.startServer("C");
        const [newcomer, other] = await Promise.all([c.walkTo(5, 5), a.walkTo(6, 6)]);
        await newcomer.sees(
          one.id,
          [1, 1],
          room.serverTimeout + PROMPTLY,
          `client ${one.id}, which is alive`,
        );
        await setTimeout(room.serverTimeout);
        for (const watcher of [one, newcomer, other]) {
          if (watcher.walker.map.has(two.id))
            throw new CheckFailed(
              `${watcher.walker.name} still sees client ${two.id}, whose server is dead.`,
            );
        }
        return "nobody sees the dead.";
      },
    ),
    attack(
      "will",
      "the late will of an old connection, after the server has connected again",
      "An old goodbye was taken for a new one. Say in each message which connection it belongs to, and ignore those of earlier ones.",
      async (room, [, b], [one, two]) => {
        // The will of any server shows when that server is killed: the last thing said on its topic.
        const said = await eavesdrop(room);
        const late = await room.startServer("C");
        await setTimeout(PROMPTLY / 2);
        await kill(late);
        await setTimeout(PROMPTLY / 2);
        const topics = new Set(said.map(({ topic }) => topic));
        const wills = [...topics].map(
          (topic) => said.findLast((message) => message.topic === topic)?.payload,
        );
        await room.killBroker();
        await one.sees(
          two.id,
          undefined,
          room.serverTimeout + PROMPTLY,
          `client ${two.id}, while the broker is dead`,
        );
        await room.startBroker();
        await meet(one, two, [1, 1], [2, 2], BROKER_LIMIT + PROMPTLY);
        say("now the wills of the earlier connections arrive, late");
        const broker = await room.stranger();
        const told = goodbyes(one, two.id);
        for (const topic of topics) {
          for (const will of wills) if (will) await broker.publishAsync(topic, will, { qos: 1 });
        }
        await two.moveTo(4, 4);
        await one.sees(two.id, [4, 4], PROMPTLY, `client ${two.id}, whose server ${b.name} is alive`);
        if (goodbyes(one, two.id) > told) throw new CheckFailed(`client ${two.id} vanished because of it.`);
        return "nobody vanished because of it.";
      },
    ),
    attack(
      "junk",
      "a stranger publishes 3,000 messages of junk to the room's topics",
      "Treat what arrives from the broker as a stranger's input. Check its length before you unpack it, and let a server move only its own clients.",
      async (room, servers, [one, two]) => {
        const said = await eavesdrop(room);
        await one.moveTo(3, 3);
        await two.moveTo(4, 4);
        await meet(one, two, [3, 3], [4, 4]);
        const stranger = await room.stranger();
        const topics = new Set(said.map(({ topic }) => topic));
        for (let number = 0; number < 3000; number++) {
          const junk = Buffer.from(
            Array.from({ length: number % 70 }, (_, at) => (at * 37 + number * 101) % 256),
          );
          stranger.publish(`room/${number.toString(16).padStart(8, "0")}`, junk);
        }
        for (const topic of topics) {
          for (let length = 1; length < 40; length++) stranger.publish(topic, Buffer.alloc(length, length));
        }
        await stranger.publishAsync("room/end", "end", { qos: 1 });
        await one.moveTo(5, 5);
        await two.moveTo(6, 6);
        await meet(one, two, [5, 5], [6, 6], room.serverTimeout + PROMPTLY);
        for (const { program } of servers) {
          if (program.ended !== undefined) throw new CheckFailed(program.ended, "ended");
        }
        return "both servers went on, and everyone is where they should be.";
      },
    ),
    attack(
      "flood",
      "a client moves 200,000 times as fast as it can",
      "Each move became a message of its own, and the broker can't keep up. Send only the newest place of each client when there is room.",
      async (_, [, b], [one, two]) => {
        const start = performance.now();
        for (let round = 0; round < 200; round++) {
          const places = Buffer.alloc(4 * 1000);
          for (let move = 0; move < 1000; move++) places.writeInt32LE(move + round * 65_536, move * 4);
          await one.walker.client.send(places);
          await one.sees(one.id, [999, round], 10_000, "its own last move");
        }
        const newcomer = await b.walkTo(7, 7);
        await two.sees(one.id, [999, 199], 10_000, `the last of client ${one.id}'s moves`);
        await newcomer.sees(one.id, [999, 199], PROMPTLY, `the last of client ${one.id}'s moves`);
        return `after ${seconds(performance.now() - start)} the other server's clients knew its last place.`;
      },
    ),
  ],
};
