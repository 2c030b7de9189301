/** A server of the room that is written in Python, with MQTT packed by hand, and ours understand each other. */

import { describe, expect, test } from "vitest";
import { PYTHON } from "../../python.ts";
import { LESSON_3, Program, type Server } from "../harness.ts";
import { NOWHERE } from "../packets.ts";
import { Walker } from "../walker.ts";
import { BROKERS, startRoom } from "./cluster.ts";

const SKIPPED = PYTHON === undefined ? " (SKIPPED: no python3 on this machine)" : "";

describe.skipIf(SKIPPED !== "").each(BROKERS)(`over $name${SKIPPED}`, ({ start }) => {
  test.each(["goodbye", "crash"])("ours share a room with a server in Python, until its %s", async (end) => {
    const { port, url } = await start();
    const [a, b] = (await startRoom(url, ["A", "B"])) as [Server, Server];
    const [one, two] = [await Walker.join(a), await Walker.join(b)];
    await one.moves(40, 5);
    const member = new Program([...(PYTHON ?? []), `test/lessons/${LESSON_3}/member.py`, String(port)], {
      typed: true,
    });
    await Promise.all([a, b].map((server) => server.line(/^server Python is here, with 1 clients$/)));
    await Promise.all(["A", "B"].map((name) => member.line(new RegExp(`^server ${name}$`))));
    await member.line(new RegExp(`^${one.self} 40 5$`));
    await one.moves(41, 5);
    await member.line(new RegExp(`^${one.self} 41 5$`));

    // Its client walks, and ours see that.
    await two.knows((map) => map.has(7));
    const [, x] = /^(\d+) 1$/.exec(two.map.get(7) ?? "") ?? [];
    await two.hears(7, Number(x) + 2, 1);

    member.type(`${end}\n`);
    const { code, stderr } = await member.exit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const walker of [one, two]) await walker.hears(7, NOWHERE, NOWHERE);
    await a.line(/^server Python has gone: it has exited, or has lost the broker; it had 1 clients$/);
  });
});
