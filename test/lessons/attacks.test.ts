/** `npm run attack`, and the tables of the guides: which server withstands which attack. */

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { ATTACKS as LESSON_0_ATTACKS } from "../../lessons/0_simple_test_packets/attacks.ts";
import { ATTACKS as LESSON_1_ATTACKS } from "../../lessons/1_simple_math_server/attacks.ts";
import { type Attack, type Attacks, judge, Target, type Verdict } from "../../src/attack.ts";
import { redirectLog } from "../../src/log.ts";
import { attack, LESSON_0, LESSON_1, type Lesson, serverRuntime, startServer, startStep } from "./harness.ts";

const LESSONS: { lesson: Lesson; attacks: Attacks }[] = [
  { lesson: LESSON_0, attacks: LESSON_0_ATTACKS },
  { lesson: LESSON_1, attacks: LESSON_1_ATTACKS },
];

/** The servers wait so long for a client, in milliseconds; those of the first steps know nothing else. */
const TIMEOUT = 3000;

/** The attacks that send as much as they can. */
const FLOODS = ["flood", "greedy"];

/** Only its terminal shows whether a server withstood this one. */
const BY_EYE = "terminal";

/** The table of a guide: for each program of its heading, which attacks it withstands. */
function tableOf(lesson: Lesson): { program: string; withstands: Map<string, boolean> }[] {
  const guide = readFileSync(new URL(`../../lessons/${lesson}/README.md`, import.meta.url), "utf8");
  const rows = [...guide.matchAll(/^\| (?:attack|`\w+`) .*$/gm)].map(([row]) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
  const [heading = [], ...attacks] = rows;
  return heading.slice(2).map((program, index) => ({
    program,
    withstands: new Map(attacks.map((cells) => [cells[0] ?? "", cells[index + 2] === "✓"])),
  }));
}

/** The file of a column: a step's number, or the name of a server. */
function fileOf(lesson: Lesson, program: string): string {
  if (program.endsWith(".ts")) return `lessons/${lesson}/${program}`;
  const steps = new URL(`../../lessons/${lesson}/steps/`, import.meta.url);
  const name = readdirSync(steps).find((file) => file.startsWith(`${program}_`));
  return `lessons/${lesson}/steps/${name}`;
}

async function attackOn(port: number, one: Attack, lesson: Attacks): Promise<Verdict> {
  const times = { timeout: TIMEOUT, interval: lesson.interval };
  return judge(one, new Target({ host: "127.0.0.1", port }, times, lesson.packets), lesson);
}

beforeAll(() => redirectLog(() => {})); // what the attacks tell is tested below, where a learner reads it

describe.each(LESSONS)("$lesson", ({ lesson, attacks }) => {
  const table = tableOf(lesson);

  test("the guide's table has every attack and every step", () => {
    const names = attacks.attacks.map(({ name }) => name).filter((name) => name !== BY_EYE);
    expect(table.length).toBeGreaterThan(1);
    for (const { withstands } of table) expect([...withstands.keys()]).toEqual(names);
    if (lesson === LESSON_0) expect(table.map(({ program }) => program)).toEqual([..."12345", "server.ts"]);
  });

  // Most attacks are a wait for the server to lose its patience, so all of them wait at the same time.
  let found: Map<string, { withstood: boolean; sentence: string }>[];
  beforeAll(async () => {
    const programs = await Promise.all(
      table.map(async ({ program, withstands }) => {
        const start = () =>
          program === "server.ts"
            ? startServer(lesson, "--timeout", String(TIMEOUT))
            : startStep(fileOf(lesson, program));
        // What it withstands it withstands all at once, unless it is a flood: that keeps a server busy. Each of the
        // others gets a server of its own to ruin.
        const robust = await start();
        const ports = new Map<string, number>();
        for (const [name, withstood] of withstands) {
          ports.set(name, withstood && !FLOODS.includes(name) ? robust.port : (await start()).port);
        }
        return ports;
      }),
    );
    found = await Promise.all(
      programs.map(async (ports) => {
        const verdicts = attacks.attacks.map(async (one) => {
          const port = ports.get(one.name);
          return port === undefined ? [] : [[one.name, await attackOn(port, one, attacks)] as const];
        });
        return new Map((await Promise.all(verdicts)).flat());
      }),
    );
  }, 60_000);

  test.each(table)("$program withstands what the guide says, and nothing else", ({ program, withstands }) => {
    const verdicts = found[table.findIndex((column) => column.program === program)];
    for (const [name, withstood] of withstands) {
      const verdict = verdicts?.get(name);
      // On Bun an "error" that nobody listens to does not end the process; docs/runtimes.md says so.
      if (serverRuntime.includes("bun") && program === "3" && name === "reset") continue;
      expect(verdict?.withstood, `${name}: ${verdict?.sentence}`).toBe(withstood);
    }
  });
});

describe("npm run attack", () => {
  test.each([
    ["0", LESSON_0_ATTACKS],
    ["1", LESSON_1_ATTACKS],
  ] as const)("lists the attacks on lesson %s, a line each", async (number, { attacks }) => {
    const { code, stdout } = await attack(number).exit();
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(attacks.length);
    for (const { name, title } of attacks) expect(stdout).toMatch(new RegExp(`^ +${name} +${title}$`, "m"));
  });

  test("tells what it does, byte by byte, and ends with 0 if the server withstood", async () => {
    const server = await startServer(LESSON_0);
    const { code, stdout, stderr } = await attack("0", "pieces", "--port", String(server.port)).exit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^attacker ← (..) 00 00 00 │ 01 00 00 00 +test: id \d+ sequence 1$/m);
    expect(stdout).toMatch(/^attacker → 0\d … +1 of 8 bytes of an answer$/m);
    expect(stdout).toMatch(/^attacker → … 00 +the rest: id \d+ sequence 1$/m);
    expect(stdout).toMatch(/^✓ withstood: it put the eight pieces together, and sent test 2\.\n$/m);
  });

  test("ends with 1 if it did not, and says how one sees that", async () => {
    const server = await startStep(fileOf(LESSON_0, "2"));
    const { code, stdout } = await attack("0", "pieces", "--port", String(server.port)).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✗ not withstood: the server has ended, for all its clients\. .*\nMostly: .*\n$/m,
    );
  });

  test("sends what it says it sends: the terminal attack is harmless to our server's log", async () => {
    const server = await startServer(LESSON_1);
    const { code } = await attack("1", "terminal", "--port", String(server.port)).exit();
    expect(code).toBe(0);
    await server.line(/unknown command "\\u\{1b\}\[2J\\u\{a\}boo!"/);
    expect(server.stdout).not.toContain("\x1b");
  });

  test("says in one sentence that there is no server", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => free.once("listening", resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const { code, stdout, stderr } = await attack("1", "http", "--port", String(port)).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `no server is listening on 127.0.0.1:${port}. Start it first, or check --host and --port.\n`,
    );
  });

  test.each([
    [[], /^LESSON is one of 0, 1$/m],
    [["7"], /^LESSON is one of 0, 1$/m],
    [["0", "everything"], /^there is no attack "everything" on lesson 0, only several, pieces, /m],
    [["0", "pieces", "more"], /^unexpected argument "more"$/m],
    [["0", "--timeout", "soon"], /^--timeout must be a whole number/m],
  ])("refuses %j with the right words, and ends with 2", async (args, message) => {
    const { code, stdout, stderr } = await attack(...args).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^usage: npm run attack LESSON \[NAME\]/m);
  });
});
