/**
 * Lesson 3 · the attacks that servers of one room have to survive.
 *
 * `npm run attack 3` lists them, and `npm run attack 3 kill` runs one. They kill and freeze, so each starts a broker and
 * servers of its own: the lesson's, or yours.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { CheckFailed, explained, PROMPTLY, say, seconds } from "../../src/checks/peer.ts";
import type { ServerCheck, ServerChecks } from "../../src/checks/server_stages.ts";
import { SERVER_CHECKS as ALONE, type Position } from "../2_simple_broadcast_test/attacks.ts";
import { isNowhere } from "../2_simple_broadcast_test/protocol.ts";
import { AttackedRoom, isStranger, type Member, SAME_ID, type Watcher } from "./attacked_room.ts";

/** How long the others may not know that a server was killed, in milliseconds: 2 s, and another one on a busy machine. */
const KILLED_LIMIT = 2000;

/** How long servers may take to find a broker that is back, in milliseconds. */
const BROKER_LIMIT = 5000;

/** How long news may take from one server to another if nothing is wrong, in milliseconds. Usually it takes a few. */
const NEWS_LIMIT = 5000;

/** How many rounds of moves a client sends as fast as it can, and how many moves each round has. */
const [ROUNDS, MOVES] = [200, 1000];

/** How many bytes a stranger appends to a copy of a server's message. */
const JUNK_SIZE = 60_000;

/**
 * How much larger a server may get from 180 MB of junk, in bytes. Those that keep nothing of it grow too, until they collect
 * their garbage, and more so if they turn it into text.
 */
const JUNK_LIMIT = 160_000_000;

/** A message that a broker has delivered. */
interface Said {
  readonly topic: string;
  readonly payload: Buffer;
}

/** The likely cause if one server's clients don't hear about another server's, and nothing has been done to either. */
const NOT_PASSED_ON =
  "Publish everything that your own clients do, and pass on to your clients everything that the other servers publish.";

/** The likely cause if clients of a server that can't be heard are still shown. */
const STILL_SHOWN =
  "It still shows clients that it can no longer hear about. Only an answer shows that another server is alive. When no answer comes, give up on that server, whether the server, the network or the broker has died.";

/** The likely cause if servers don't see each other again when the broker is back. */
const TELL_AGAIN =
  "When the broker is back, connect again, subscribe again, and publish everything: the others have missed what happened meanwhile.";

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
      try {
        const [a, b] = (await room.startServers(...names)) as [Member, Member];
        const [one, two] = await Promise.all([a.walkTo(1, 1), b.walkTo(2, 2)]);
        await explained(meet(one, two, [1, 1], [2, 2]), { silence: NOT_PASSED_ON });
        return await run(room, [a, b], [one, two]);
      } catch (error) {
        throw error instanceof CheckFailed ? await room.withLastWords(error, cause) : error;
      }
    },
  };
}

/** Both see each other where they are. */
async function meet(
  one: Watcher,
  two: Watcher,
  first: readonly [number, number],
  second: readonly [number, number],
  limit = NEWS_LIMIT,
): Promise<void> {
  await Promise.all([
    one.sees(two.id, second, limit, `client ${two.id} of the other server`),
    two.sees(one.id, first, limit, `client ${one.id} of the other server`),
  ]);
}

/** The other server can't be heard any more, so its client is gone in time. */
async function vanishes(room: AttackedRoom, one: Watcher, two: Watcher): Promise<void> {
  const limit = room.serverTimeout + PROMPTLY;
  const gone = one.sees(two.id, undefined, limit, `client ${two.id}, which it can't hear about any more`);
  await explained(gone, { silence: STILL_SHOWN });
}

/** How often a client heard that another has left. */
function goodbyes({ heard }: Watcher, id: number): number {
  return heard.filter((position: Position) => position[0] === id && isNowhere(position[1], position[2]))
    .length;
}

/** Remembers all that is said in the room. */
async function eavesdrop(room: AttackedRoom, ...topics: string[]): Promise<Said[]> {
  const said: Said[] = [];
  // One for each: aedes drops a message that it has delayed, such as one that is retained, if the same client has already
  // heard a newer one.
  for (const topic of topics) {
    const spy = await room.stranger();
    spy.on("message", (topic, payload) => said.push({ topic, payload }));
    await spy.subscribeAsync(topic);
  }
  return said;
}

/** Moves as fast as the server tells it about its moves, and returns where it is in the end. */
async function moveALot(client: Watcher): Promise<readonly [x: number, y: number]> {
  for (let round = 0; round < ROUNDS; round++) {
    const places = Buffer.alloc(4 * MOVES);
    for (let move = 0; move < MOVES; move++) places.writeInt32LE(move + round * 65_536, move * 4);
    await client.walker.client.send(places);
    await client.sees(client.id, [MOVES - 1, round], 10_000, "its own last move");
  }
  return [MOVES - 1, ROUNDS - 1];
}

/** Waits for the last news of many moves. The servers must not have published a message for each of them. */
async function gathered(room: AttackedRoom, before: number, news: () => Promise<void>): Promise<void> {
  const failure = await news().catch((error: Error) => error);
  const messages = room.messages - before;
  say(`${messages} messages were published meanwhile`);
  if (messages > (ROUNDS * MOVES) / 20) {
    const inTime = failure ? "and the last news did not arrive in time" : "far too many";
    throw new CheckFailed(`${ROUNDS * MOVES} moves became at least ${messages} messages, ${inTime}.`);
  }
  if (failure) throw failure;
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
        await newcomer.sees(two.id, [5, 6], NEWS_LIMIT, `client ${two.id}, which was there before`);
        const other = await b.walkTo(8, 8);
        await other.sees(one.id, [3, 4], NEWS_LIMIT, `client ${one.id}, which was there before`);
        await two.walker.client.leave();
        await one.sees(two.id, undefined, NEWS_LIMIT, `client ${two.id}, which has left`);
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
          throw new CheckFailed(`meanwhile their clients lost sight of each other ${lost} times.`);
        return "neither disconnected the other.";
      },
      ["A", "A"],
    ),
    attack(
      "kill",
      "a server is killed: its clients are gone for all others within 2 s, and it comes back with new ids",
      "Nobody says goodbye for a server that was killed. Leave a will with the broker: the broker publishes it when the connection breaks.",
      async (room, [, b], [one, two]) => {
        await b.kill();
        await one.sees(two.id, undefined, KILLED_LIMIT, `client ${two.id}, whose server was killed`);
        const again = await room.startServer("B");
        const back = await again.walkTo(9, 9);
        if (back.id === two.id)
          throw new CheckFailed(`after the restart it gave the id ${two.id} again.`, "wrong", SAME_ID);
        await one.sees(back.id, [9, 9], room.serverTimeout + PROMPTLY, `client ${back.id} of the new server`);
        if (goodbyes(one, two.id) !== 1)
          throw new CheckFailed(
            `a client of server A heard ${goodbyes(one, two.id)} times, not once, that client ${two.id} has left.`,
          );
        return "they heard about it once, and saw the clients of the new server.";
      },
    ),
    attack(
      "freeze",
      "a server freezes: its clients are gone within the server timeout, and back when it wakes",
      "A frozen server sends no goodbye, and the broker publishes no will for it. Send beats, expect answers to them, and give up on a server that doesn't answer.",
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
        await vanishes(room, one, two);
        await one.moveTo(3, 3);
        const newcomer = await a.walkTo(5, 5);
        await one.sees(newcomer.id, [5, 5], NEWS_LIMIT, `client ${newcomer.id} of the same server`);
        await two.moveTo(4, 4);
        await room.startBroker();
        const again = meet(one, two, [3, 3], [4, 4], BROKER_LIMIT + NEWS_LIMIT);
        await explained(again, { silence: TELL_AGAIN });
        await two.sees(newcomer.id, [5, 5], NEWS_LIMIT, `client ${newcomer.id}, which connected meanwhile`);
        return "each server went on with its own clients, and then they saw each other again.";
      },
    ),
    attack(
      "ghosts",
      "a server and the broker die together, and the broker remembers what the dead server said",
      "Your server believed a message that the broker had stored. A retained message is old news until a live server confirms it.",
      async (room, [a, b], [one, two]) => {
        const said = await eavesdrop(room, "#");
        await two.moveTo(8, 8);
        await one.sees(two.id, [8, 8], NEWS_LIMIT, `client ${two.id}`);
        await setTimeout(room.serverTimeout / 2);
        await room.killBroker(); // first, so that it can't publish the server's will
        await b.kill();
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
      "An old goodbye was taken for a new one. Say in each message which connection it belongs to, and ignore messages from earlier connections.",
      async (room, _, [one]) => {
        const said = await eavesdrop(room, "#", "$SYS/+/new/clients");
        const topics = new Set(room.topics);
        const c = await room.startServer("C");
        const three = await c.walkTo(3, 3);
        const what = `client ${three.id} of server C`;
        await explained(one.sees(three.id, [3, 3], room.serverTimeout + NEWS_LIMIT, what), {
          silence: NOT_PASSED_ON,
        });
        const ids = said.filter(({ topic }) => topic.startsWith("$SYS/")).map(({ payload }) => `${payload}`);
        const id = ids.find((one) => !isStranger(one)) ?? "";
        const before = said.length;
        await room.cutOff(id);
        await three.moveTo(4, 4);
        // Once another server knows where it has gone, server C has connected again.
        const again = one.sees(
          three.id,
          [4, 4],
          BROKER_LIMIT + NEWS_LIMIT,
          `${what}, which has connected again`,
        );
        await explained(again, { silence: TELL_AGAIN });
        const cut = said.slice(before);
        const isClient = ({ topic, payload }: Said) => topic.startsWith("$SYS/") && !isStranger(`${payload}`);
        const [, end] = cut.flatMap((message, at) => (isClient(message) ? [at] : [])); // after the one that cut it off
        // What was said meanwhile on its topics was its will, for it could say nothing itself.
        const meanwhile = cut.slice(0, end).filter(({ topic }) => !topic.startsWith("$SYS/"));
        const own = meanwhile.filter(({ topic }) => !topics.has(topic));
        const wills = own.length > 0 ? own : meanwhile;
        say("the will of its old connection arrives once more, late");
        const broker = await room.stranger();
        const told = goodbyes(one, three.id);
        for (const { topic, payload } of wills) await broker.publishAsync(topic, payload, { qos: 1 });
        await three.moveTo(5, 5);
        await one.sees(three.id, [5, 5], room.serverTimeout, `${what}, which is alive`);
        if (goodbyes(one, three.id) > told) throw new CheckFailed(`${what} vanished because of it.`);
        return "nobody vanished because of it.";
      },
    ),
    attack(
      "junk",
      "a stranger publishes 3,000 messages of junk to the room's topics",
      "Treat what arrives from the broker as a stranger's input. Check its length before you unpack it, and let a server move only its own clients.",
      async (room, _, [one, two]) => {
        const said = await eavesdrop(room, "#");
        await one.moveTo(3, 3);
        await two.moveTo(4, 4);
        await meet(one, two, [3, 3], [4, 4]);
        await room.stopListening();
        const memory = room.watchMemory(JUNK_LIMIT);
        const stranger = await room.stranger();
        const topics = new Set(said.map(({ topic }) => topic));
        const copies = said.slice(-10);
        for (let number = 0; number < 3000; number++) {
          const topic = `room/${number.toString(16).padStart(8, "0")}`;
          const junk = Buffer.from(
            Array.from({ length: number % 70 }, (_, at) => (at * 37 + number * 101) % 256),
          );
          stranger.publish(topic, junk, { retain: number % 2 === 0 });
          // A copy of what a server has said seems to come from thousands of servers that don't exist, and has a long tail.
          const copy = copies[number % copies.length]?.payload ?? junk;
          stranger.publish(topic, Buffer.concat([copy, Buffer.alloc(JUNK_SIZE, number)]));
          if (number % 100 > 0) continue;
          await stranger.publishAsync(topic, copy, { qos: 1 }); // wait for the broker
          // On a busy machine this takes a while. The servers must not close these two for saying nothing.
          await Promise.all([one.walker.move(3, 3), two.walker.move(4, 4)]);
        }
        for (const topic of topics) {
          for (let length = 1; length < 40; length++) stranger.publish(topic, Buffer.alloc(length, length));
        }
        await stranger.publishAsync("room/end", "end", { qos: 1 });
        await one.moveTo(5, 5);
        await two.moveTo(6, 6);
        await meet(one, two, [5, 5], [6, 6], room.serverTimeout + NEWS_LIMIT);
        const bounded = memory();
        const c = await room.startServer("C"); // it hears all that was retained
        const newcomer = await c.walkTo(7, 7);
        await newcomer.sees(one.id, [5, 5], room.serverTimeout + NEWS_LIMIT, `client ${one.id}`);
        return `the servers went on, and everyone is where they should be.${bounded}`;
      },
    ),
    attack(
      "flood",
      "a client moves 200,000 times as fast as it can",
      "Each move became a message of its own, which no broker can keep up with for long. Gather the moves of a moment, and send only the newest place of each client when there is room.",
      async (room, [, b], [one, two]) => {
        const memory = room.watchMemory();
        const start = performance.now();
        const messages = room.messages;
        const place = await moveALot(one);
        const newcomer = await b.walkTo(7, 7);
        await gathered(room, messages, async () => {
          await two.sees(one.id, place, 10_000, `the last of client ${one.id}'s moves`);
          await newcomer.sees(one.id, place, NEWS_LIMIT, `the last of client ${one.id}'s moves`);
        });
        return `after ${seconds(performance.now() - start)} the other server's clients knew its last place.${memory()}`;
      },
    ),
    attack(
      "stall",
      "the broker freezes, and wakes after a client has moved 200,000 times",
      "A broker that takes nothing is like a client that reads nothing. Queue nothing for it, and when it has room again, send the newest place of each client.",
      async (room, [a], [one, two]) => {
        const memory = room.watchMemory();
        const messages = room.messages;
        let bounded = "";
        room.freezeBroker();
        try {
          await vanishes(room, one, two);
          await moveALot(one);
          await two.moveTo(4, 4);
          await a.walkTo(5, 5);
          bounded = memory();
        } finally {
          room.wakeBroker();
        }
        await gathered(room, messages, async () => {
          const again = meet(one, two, [MOVES - 1, ROUNDS - 1], [4, 4], BROKER_LIMIT + NEWS_LIMIT);
          await explained(again, { silence: TELL_AGAIN });
        });
        return `each server went on with its own clients, and then they saw each other again.${bounded}`;
      },
    ),
  ],
};
