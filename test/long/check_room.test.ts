/** `attack 3` and `check-server 3` name each mistake that learners make in servers that share a room. */

import { expect, test } from "vitest";
import { attack, HAS_SIGNALS, learnerCommand, Program } from "../lessons/harness.ts";
import { sharded } from "../shard.ts";
import { brokenRoomServer, type RoomMistake } from "./broken_room.ts";

/** For each mistake: the attack that shows it, and what that says. */
const SAID: [mistake: RoomMistake, attack: string, said: RegExp][] = [
  [
    "dies at once",
    "two",
    /server [AB]: .*has ended with exit code 1\. It printed:.*no room today.*Likely cause: An error ended the program/s,
  ],
  [
    "never connects",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*No server has connected to the broker/,
  ],
  [
    "publishes nothing",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*connected to the broker, but have published nothing/,
  ],
  [
    "subscribes to nothing",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*none of them has subscribed to anything/,
  ],
  [
    "another topic",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*Nobody hears what is published on "room\/\w+": .* subscribed to "rooms\/\+"/,
  ],
  [
    "takes all messages for its own",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*takes the messages of others for its own.* or it doesn't pass them on/,
  ],
  ["ids from 1", "two", /the same id, \d+\.\n.*counts its clients from 1/],
  [
    "one client id for all",
    "two",
    /about the first client of server [AB] within \d+\.\d s\.\n.*The client id "server" connected \d+ times.*disconnect each other/,
  ],
  [
    "its name as client id",
    "twins",
    /\n.*The client id "A" connected \d+ times.*disconnect each other|\n.*throws the other out/,
  ],
  ["no will", "kill", /still saw client \d+, whose server was killed, after 2\.0 s\.\n.*Leave a will/],
  [
    "gives up nobody",
    "freeze",
    /whose server is frozen, after \d\.0 s\.\n.*give up on a server that doesn't answer/,
  ],
  [
    "gives up nobody",
    "broker",
    /which it can't hear about any more, after \d\.0 s\.\n.*still shows clients that it can no longer hear about/,
  ],
  [
    "dies with the broker",
    "broker",
    /server [AB] ended by itself: .*no broker: .*Likely cause: Don't close any client because the broker is away/s,
  ],
  [
    "connects only once",
    "broker",
    /of the other server within \d+\.\d s\.\n.*connect again, subscribe again/,
  ],
  ["any will", "will", /client \d+ of server C vanished because of it\.\n.*which connection it belongs to/],
  [
    "believes a length",
    "junk",
    /server [AB] ended by itself: .*Likely cause: Treat what arrives from the broker as a stranger's input/s,
  ],
  ["keeps all messages", "junk", /server [AB] grew by \d+\.\d MB: it keeps everything/],
  [
    "a message for each move",
    "flood",
    /200000 moves became at least \d+ messages.*\n.*Each move became a message of its own/,
  ],
  ["keeps all moves for the broker", "flood", /server [AB] grew by \d+\.\d MB/],
];

/** How many mistakes are shown at once. An attack mostly waits for servers to miss each other. */
const AT_ONCE = 5;
const CASES = sharded(SAID);
const GROUPS = Array.from({ length: Math.ceil(CASES.length / AT_ONCE) }, (_, index) =>
  CASES.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
);

test
  .runIf(HAS_SIGNALS)
  .each(GROUPS.map((group) => ({ group, names: group.map(([mistake]) => mistake).join("; ") })))(
  "$names",
  { timeout: 240_000 },
  async ({ group }) => {
    const shown = group.map(async ([mistake, name, said]) => {
      const { code, stdout } = await attack("3", name, brokenRoomServer(mistake)).ended;
      expect(code, `${mistake}: ${stdout}`).toBe(1);
      expect(stdout, mistake).toMatch(/^✗ did not survive: /m);
      expect(stdout, mistake).toMatch(said);
    });
    await Promise.all(shown);
  },
);

/** Checks a server as a learner does. */
function check(command: string): Program {
  return new Program(learnerCommand("lessons/check_server.ts", "3", command));
}

test.runIf(HAS_SIGNALS)(
  "check-server tells about a server that dies, and one that never listens",
  { timeout: 180_000 },
  async () => {
    const [dead, deaf] = [check(brokenRoomServer("dies at once")), check(brokenRoomServer("never listens"))];
    expect((await dead.ended).stdout).toMatch(
      /✗ it listens on the port.*no room today.*An error ended the program/s,
    );
    expect((await deaf.ended).stdout).toMatch(
      /✗ it listens on the port.* is running, but still has not started listening after.*Listen on 127\.0\.0\.1/s,
    );
  },
);

test.runIf(HAS_SIGNALS)(
  "check-server passes a single server that never connects, until there are two",
  { timeout: 240_000 },
  async () => {
    const checking = check(brokenRoomServer("never connects", "--timeout", "60000"));
    await checking.line(/Likely cause: No server has connected to the broker/);
    expect(checking.stdout).toMatch(
      /^✓ it ends when it is told to \(SIGTERM\)\n(?:… .*\n)?✗ clients of two servers see each other/m,
    );
    await checking.exit("SIGTERM");
  },
);
