/** What becomes of an attack: the verdict, and the likely cause that follows from what was seen. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CheckFailed, explained, type Sign } from "../../../src/checks/peer.ts";
import {
  CLOSES_OTHERS,
  runCheck,
  type ServerCheck,
  type ServerChecks,
  serverStages,
  type Verdict,
} from "../../../src/checks/server_stages.ts";
import { ServerUnderTest } from "../../../src/checks/server_under_test.ts";
import { redirectLog } from "../../../src/log.ts";

redirectLog(() => {});

async function serve(welcome: (socket: Socket, server: Server) => void = () => {}): Promise<ServerUnderTest> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    welcome(socket.resume(), server);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: 3000, interval: 0 }, []);
}

const ALONE: Pick<ServerChecks, "addBystander"> = { addBystander: async () => async () => {} };

function attack(run: ServerCheck["run"], fits?: readonly Sign[]): ServerCheck {
  return { name: "attack", title: "an attack", cause: "THE ATTACK'S", ...(fits && { fits }), run };
}

const failing = (sign: Sign, cause?: string, fits?: readonly Sign[]) =>
  attack(() => Promise.reject(new CheckFailed("it failed.", sign, cause)), fits);

const causeOf = (verdict: Verdict) => (verdict.survived ? undefined : verdict.cause);

test("a server survives", async () => {
  const verdict = await runCheck(
    attack(async () => "fine."),
    await serve(),
    ALONE,
  );
  expect(verdict).toEqual({ survived: true, sentence: "fine." });
});

describe("the likely cause", () => {
  test.each<[string, ServerCheck, RegExp | string]>([
    ["is the failure's own", failing("silence", "ITS OWN"), /^ITS OWN$/],
    ["is the attack's, where it fits any sign", failing("silence"), /^THE ATTACK'S$/],
    [
      "is the attack's, where it fits this sign",
      failing("silence", undefined, ["open", "silence"]),
      /^THE ATTACK'S$/,
    ],
    [
      "is another where it does not fit",
      failing("silence", undefined, ["open"]),
      /^It waits for something else/,
    ],
    [
      "of a closed connection",
      failing("closed", undefined, []),
      /^It closed a client that had broken no rule.*an error in your code.*closes all its clients/,
    ],
    [
      "of a reset one",
      failing("reset", undefined, []),
      /threw away what had arrived.*closes all its clients/,
    ],
  ])("%s", async (_, one, cause) => {
    expect(causeOf(await runCheck(one, await serve(), ALONE))).toMatch(cause);
  });

  test("when the bystander was cut off, too, is that the server closes others", async () => {
    const cutOff = (sign: Sign) => ({
      addBystander: async () => () => Promise.reject(new CheckFailed("it was closed.", sign)),
    });
    for (const sign of ["closed", "reset"] as const) {
      expect(causeOf(await runCheck(failing("closed"), await serve(), cutOff(sign)))).toBe(CLOSES_OTHERS);
      expect(causeOf(await runCheck(failing("reset"), await serve(), cutOff(sign)))).toBe(CLOSES_OTHERS);
      expect(causeOf(await runCheck(failing("silence"), await serve(), cutOff(sign)))).toBe("THE ATTACK'S");
    }
    expect(causeOf(await runCheck(failing("closed"), await serve(), cutOff("silence")))).toBe("THE ATTACK'S");
  });

  test("when the server has ended, is the attack's if it fits, and that a server must go on", async () => {
    const ends = (fits?: readonly Sign[]) =>
      attack(async (target) => {
        const client = await target.connect();
        await client.untilClosed();
        throw new CheckFailed("it failed.", "closed");
      }, fits);
    const server = () =>
      serve((socket, one) => {
        one.close();
        socket.destroy();
      });
    const verdict = await runCheck(ends(), await server(), ALONE);
    expect(verdict.sentence).toBe("the server has ended, for all its clients. Its output says why.");
    expect(causeOf(verdict)).toMatch(/^THE ATTACK'S Whatever one client does, the program must go on/);
    expect(causeOf(await runCheck(ends(["open"]), await server(), ALONE))).toMatch(
      /^Whatever one client does/,
    );
  });
});

describe("the bystander", () => {
  test("suffers: the server has not survived, and why follows from what it saw", async () => {
    const suffers = (sign: Sign) => ({
      addBystander: async () => () => Promise.reject(new CheckFailed("no answer came.", sign)),
    });
    const fine = attack(async () => "fine.");
    const verdict = await runCheck(fine, await serve(), suffers("silence"));
    expect(verdict.sentence).toBe("another client, which behaved well, suffered from it: no answer came.");
    expect(causeOf(verdict)).toMatch(/No client may hold up the rest/);
    expect(causeOf(await runCheck(fine, await serve(), suffers("closed")))).toBe(CLOSES_OTHERS);
    expect(causeOf(await runCheck(fine, await serve(), suffers("reset")))).toBe(CLOSES_OTHERS);
    expect(causeOf(await runCheck(fine, await serve(), suffers("wrong")))).toMatch(/mixed up two clients/);
  });

  test("suffers from a flood: either the server was too busy for it, or it closes others", async () => {
    const floods: ServerCheck = { ...attack(async () => "fine."), floods: true };
    const suffers = (sign: Sign) => ({
      addBystander: async () => () => Promise.reject(new CheckFailed("no answer came.", sign)),
    });
    const BOTH = /^The flood may have kept the server so busy.* THE ATTACK'S Or there is another cause: /;
    for (const sign of ["closed", "reset"] as const) {
      const cause = causeOf(await runCheck(floods, await serve(), suffers(sign)));
      expect(cause).toMatch(BOTH);
      expect(cause).toContain(CLOSES_OTHERS);
    }
    expect(causeOf(await runCheck(floods, await serve(), suffers("silence")))).toMatch(BOTH);
    expect(causeOf(await runCheck(floods, await serve(), suffers("wrong")))).toMatch(/^The server mixed up/);
  });

  test("is more patient while the attack floods the server, which keeps the machine busy", async () => {
    const patience: number[] = [];
    const lesson: Pick<ServerChecks, "addBystander"> = {
      addBystander: async (_, limit) => {
        patience.push(limit);
        return async () => {};
      },
    };
    const target = await serve();
    const fine = attack(async () => "fine.");
    await runCheck(fine, target, lesson);
    await runCheck({ ...fine, floods: true }, target, lesson);
    expect(patience).toEqual([target.promptly, 10_000]);
  });

  test("is waited for while the server is busy with the clients of the stage before", async () => {
    let tries = 0;
    const late = {
      addBystander: async () => {
        if (++tries < 3) throw new CheckFailed("no answer came.", "silence");
        return async () => {};
      },
    };
    expect(
      (
        await runCheck(
          attack(async () => "fine."),
          await serve(),
          late,
        )
      ).survived,
    ).toBe(true);
    expect(tries).toBe(3);
  });

  test("is not waited for again after it was waited for in vain, until the server serves it", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 3000)); // ten seconds go by quickly
    onTestFinished(() => void vi.restoreAllMocks());
    let tries = 0;
    let isServed = false;
    const lesson = {
      addBystander: async () => {
        tries++;
        if (!isServed) throw new CheckFailed("no answer came.", "silence");
        return async () => {};
      },
    };
    const target = await serve();
    const triesOf = async () => {
      tries = 0;
      const verdict = await runCheck(failing("open"), target, lesson);
      expect(verdict.sentence).toMatch(isServed ? /^it failed/ : /^before the attack began/);
      return tries;
    };
    const inVain = await triesOf();
    expect(inVain).toBeGreaterThan(1);
    expect(await triesOf()).toBe(1);
    isServed = true;
    await triesOf();
    isServed = false;
    expect(await triesOf()).toBe(inVain);
  });

  test("is not waited for when the server has ended", async () => {
    const target = await serve((socket, server) => {
      server.close();
      socket.destroy();
    });
    await (await target.connect()).untilClosed();
    let tries = 0;
    const never = {
      addBystander: async () => {
        tries++;
        throw new CheckFailed("no connection.", "refused");
      },
    };
    const verdict = await runCheck(
      attack(async () => "fine."),
      target,
      never,
    );
    expect(verdict.sentence).toMatch(/^the server has ended/);
    expect(tries).toBe(1);
  });
});

test("an error of ours is not taken for the server's failure", async () => {
  const broken = () => Promise.reject(new TypeError("a bug"));
  await expect(runCheck(attack(broken), await serve(), ALONE)).rejects.toThrow("a bug");
  await expect(
    runCheck(
      attack(async () => ""),
      await serve(),
      { addBystander: broken },
    ),
  ).rejects.toThrow("a bug");
  const isStillServed = { addBystander: async () => broken };
  await expect(
    runCheck(
      attack(async () => ""),
      await serve(),
      isStillServed,
    ),
  ).rejects.toThrow("a bug");
});

test("whatever comes of it, no connection stays open", async () => {
  const sockets: Socket[] = [];
  const target = await serve((socket) => sockets.push(socket));
  const closed = [];
  for (const one of [attack(async () => "fine."), failing("silence")]) {
    const connects = attack(async (server) => {
      await server.connect();
      return await one.run(server);
    });
    await runCheck(connects, target, ALONE);
  }
  for (const socket of sockets) closed.push(socket.closed ? undefined : once(socket, "close"));
  await Promise.all(closed);
  expect(sockets.length).toBeGreaterThanOrEqual(2);
});

test("basics are checked alone, attacks with a bystander; each gives its sentence and its cause", async () => {
  let bystanders = 0;
  const lesson: ServerChecks = {
    timeout: 3000,
    interval: 0,
    packets: [],
    addBystander: async () => {
      bystanders++;
      return async () => {};
    },
    basics: [attack(async () => "fine.")],
    attacks: [failing("silence", "ITS OWN")],
  };
  const [basic, second] = serverStages(lesson, await serve());
  expect(await basic?.run()).toBeUndefined();
  expect(bystanders).toBe(0);
  expect(await second?.run()).toMatchObject({ sentence: "it failed.", cause: "ITS OWN" });
  expect(bystanders).toBe(1);
});

test("a moment adds its causes to a failure that has none", async () => {
  const fail = (cause?: string) => Promise.reject(new CheckFailed("it failed.", "closed", cause));
  await expect(explained(fail(), { closed: "THE MOMENT'S" })).rejects.toMatchObject({
    likelyCause: "THE MOMENT'S",
    sign: "closed",
  });
  await expect(explained(fail(), { silence: "ANOTHER" })).rejects.toMatchObject({ likelyCause: undefined });
  await expect(explained(fail("ITS OWN"), { closed: "THE MOMENT'S" })).rejects.toMatchObject({
    likelyCause: "ITS OWN",
  });
  await expect(explained(Promise.reject(new TypeError("a bug")), {})).rejects.toThrow(TypeError);
  expect(await explained(Promise.resolve(5), {})).toBe(5);
});
