/** `npm start`: a lesson whole, in one terminal. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";
import compile, { compiled } from "../compiled.ts";

await compile();

const groups: number[] = [];

afterEach(() => {
  for (const group of groups.splice(0)) if (running(group).length > 0) process.kill(-group, "SIGKILL");
});

/** The programs of a group that still run. One that has ended and waits to be buried (a zombie, Z) does not. */
function running(group: number): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pgid=,stat=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => new RegExp(`^ *${group} +[^Z ]`).test(line));
}

/** What `npm start` runs, and the same without types, which starts in a third of the time. One test runs the first. */
const TYPED = ["--import", "tsx", "lessons/start.ts"];
const COMPILED = [compiled("lessons/start.ts")];

/** Runs it as a terminal does: in a process group of its own, which Ctrl-C reaches as a whole. */
function start(args: string[] = [], program = COMPILED) {
  const child = spawn(process.execPath, [...program, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const group = child.pid ?? 0;
  groups.push(group);
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on("line", (line) => lines.push(line));
  return {
    lines,
    group,
    signal: (name: NodeJS.Signals, id = group) => process.kill(id, name),
    exitCode: once(child, "close").then(([code]) => code),
    /** Waits for a line that matches; those before number `from` don't count. */
    async line(pattern: RegExp, from = 0): Promise<void> {
      while (!lines.slice(from).some((line) => pattern.test(line))) await once(reader, "line");
    },
  };
}

/** Windows has neither process groups nor signals, and no `ps`. */
const onUnix = it.skipIf(process.platform === "win32");

onUnix("runs lesson 1, and Ctrl-C leaves no process behind", async () => {
  const lesson = start();
  for (const client of [1, 2, 3]) {
    await lesson.line(new RegExp(`^server +│ client ${client} → .* request: [A-Z]+ -?\\d+ -?\\d+$`));
    await lesson.line(new RegExp(`^client ${client} │ = `));
  }
  // Ctrl-C reaches the whole group. SIGTERM, in the next tests, reaches only the program that is told to end.
  lesson.signal("SIGINT", -lesson.group);
  expect(await lesson.exitCode).toBe(0);
  expect(running(lesson.group)).toEqual([]);
});

onUnix("runs lesson 0, where the third client falls silent and is closed", async () => {
  const lesson = start(["0"]);
  await lesson.line(/^server +│ client 3 left: timed out after 0 of 8 bytes/);
  await lesson.line(/^client 3 │ connection lost/);
  lesson.signal("SIGTERM");
  expect(await lesson.exitCode).toBe(0);
  expect(running(lesson.group)).toEqual([]);
});

onUnix("runs lesson 2, where five clients and the map see each other move", async () => {
  const lesson = start(["2"]);
  await lesson.line(/^map +│ the map is at http:\/\/127\.0\.0\.1:\d+\/$/);
  await lesson.line(/^map +│ connected to .* as client 6$/);
  // Client 1 hears the others, and the others' lines would be the same.
  for (const client of [1, 2, 3, 4, 5]) {
    await lesson.line(new RegExp(`^client 1 │ client ${client} is at \\d+ \\d+`));
  }
  await lesson.line(/^client 5 │ deaf from now on/);
  expect(
    lesson.lines.filter((line) => / │ client \d+ is at /.test(line) && !line.startsWith("client 1")),
  ).toEqual([]);
  lesson.signal("SIGTERM");
  expect(await lesson.exitCode).toBe(0);
  expect(running(lesson.group)).toEqual([]);
});

onUnix(
  "runs lesson 3, where a server is killed, its clients go to the other one, and it comes back",
  async () => {
    const lesson = start(["3"]);
    await lesson.line(/^map +│ connected to .* as client \d+$/);
    await lesson.line(/^server B │ kill -9 \d+$/);
    await lesson.line(/^server A │ server B has gone: .*; it had \d+ clients$/);
    await lesson.line(/^server B │ npx tsx .*server\.ts --port [1-9]/);
    const killed = lesson.lines.findIndex((line) => line.includes("kill -9"));
    await lesson.line(/^server A │ server B is here/, killed);
    lesson.signal("SIGTERM");
    expect(await lesson.exitCode).toBe(0);
    expect(running(lesson.group)).toEqual([]);
  },
);

onUnix("starts nobody more once it is told to stop, and leaves no process behind", async () => {
  const lesson = start([], TYPED);
  await lesson.line(/^client 1 │ npx tsx /);
  lesson.signal("SIGTERM");
  expect(await lesson.exitCode).toBe(0);
  expect(lesson.lines.join("\n")).not.toMatch(/^client 2/m);
  expect(running(lesson.group)).toEqual([]);
});

/** A process id of one of its programs. */
function programOf(group: number, file: string): number {
  const { stdout } = spawnSync("ps", ["-eo", "pgid=,pid=,args="], { encoding: "utf8" });
  const line = stdout.split("\n").find((row) => row.trim().startsWith(`${group} `) && row.includes(file));
  return Number(line?.trim().split(/\s+/)[1]);
}

onUnix("stops the clients and the map when the server dies, and says so", async () => {
  const lesson = start(["2"]);
  await lesson.line(/^map +│ connected to .* as client 6$/);
  process.kill(programOf(lesson.group, "/server."), "SIGKILL");
  expect(await lesson.exitCode).toBe(1);
  expect(running(lesson.group)).toEqual([]);
});

onUnix(
  "is ended by a second Ctrl-C while one of its programs is stopped, and leaves no process behind",
  async () => {
    const lesson = start();
    await lesson.line(/^client 3 │ = /);
    lesson.signal("SIGSTOP", programOf(lesson.group, "/client."));
    // The first one is not enough; how soon another one is a second one is for the program to say.
    const pressing = setInterval(() => lesson.signal("SIGINT"), 100);
    const code = await lesson.exitCode;
    clearInterval(pressing);
    expect(code).toBe(1);
    expect(running(lesson.group)).toEqual([]);
  },
);

onUnix(
  "ends when its terminal is closed, though one of its programs is stopped, and leaves no process behind",
  async () => {
    const lesson = start();
    await lesson.line(/^client 3 │ = /);
    lesson.signal("SIGSTOP", programOf(lesson.group, "/client."));
    lesson.signal("SIGHUP");
    expect(await lesson.exitCode).toBe(1);
    expect(running(lesson.group)).toEqual([]);
  },
);
