import { describe, expect, test } from "vitest";
import { drawRoom, letterOf, type Place } from "../../../lessons/2_simple_broadcast_test/screen.ts";

/** A scene in which client 1 draws, and each client is at these places, beginning with client 1. */
const scene = (...places: [x: number, y: number][]) => ({
  self: 1,
  news: "client 2 is here",
  places: new Map<number, Place>(places.map(([x, y], index) => [index + 1, { x, y }])),
});

const FULL = { columns: 80, rows: 24 };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what colours are made of.
const plain = (line: string) => line.replaceAll(/\x1b\[[\d;]*m/g, "");

describe("the room in characters", () => {
  test("fills a terminal of any size, and no character more, with and without colours", () => {
    const places = Array.from({ length: 300 }, (_, id): [number, number] => [
      id * 211 - 32000,
      id * 7 - 1000,
    ]);
    for (const [columns, rows] of [
      [0, 3],
      [1, 1],
      [23, 24],
      [24, 8],
      [41, 9],
      [42, 9],
      [79, 23],
      [80, 24],
      [81, 25],
      [300, 90],
    ] as const) {
      for (const coloured of [true, false]) {
        const lines = drawRoom(scene([5, 5], ...places), { columns, rows }, coloured);
        expect(lines, `${columns} × ${rows}`).toHaveLength(rows);
        for (const line of lines) expect([...plain(line)], line).toHaveLength(columns);
      }
    }
  });

  test("puts each client's letter where it is, in a frame", () => {
    const lines = drawRoom(scene([0, 0], [59, 0], [30, 19]), FULL, false);
    expect(lines[0]).toMatch(/^┌─{60}┐ 3 clients *$/);
    expect(lines[1]).toBe(`│\x1b[7mA\x1b[0m${" ".repeat(58)}B│ \x1b[7mA\x1b[0m you        0  0`);
    expect(lines[2]).toBe(`│${" ".repeat(60)}│ B client 2  59  0`);
    expect(lines[20]).toMatch(/^│ {30}C {29}│ +$/);
    expect(lines[21]).toMatch(/^└─{60}┘ +$/);
    expect(lines[22]).toMatch(/^client 2 is here +$/);
    expect(lines[23]).toMatch(/^You are A, client 1\. .*q ends\. +$/);
  });

  test("marks this client in a cell that it shares with one that came before it", () => {
    const lines = drawRoom({ ...scene([0, 0], [0, 0]), self: 2 }, FULL, false);
    expect(lines[1]).toContain("│\x1b[7m2\x1b[0m ");
  });

  test("colours the letters, and nothing beside them: the frame is dim, even next to a letter", () => {
    const lines = drawRoom(scene([0, 0], [59, 0]), FULL, true);
    expect(lines[0]).toBe(`\x1b[2m┌${"─".repeat(60)}┐\x1b[0m 2 clients        `);
    expect(lines[1]).toBe(
      `\x1b[2m│\x1b[0m\x1b[7;1;32mA\x1b[0m${" ".repeat(58)}\x1b[1;35mB\x1b[0m\x1b[2m│\x1b[0m ` +
        "\x1b[7;1;32mA\x1b[0m you        0  0",
    );
    expect(lines[22]).toBe(`\x1b[2m${"client 2 is here".padEnd(80)}\x1b[0m`);
  });

  test("says that it is too small with less than 24 columns or 8 lines", () => {
    const first = (columns: number, rows: number) => drawRoom(scene([0, 0]), { columns, rows }, false)[0];
    expect(first(24, 8)).toMatch(/^┌/);
    for (const text of [first(23, 8), first(24, 7)]) expect(text).toMatch(/^too small for the room/);
  });

  test("cuts what happened last where the terminal ends, and not before", () => {
    const news = (text: string) => drawRoom({ ...scene([0, 0]), news: text }, FULL, false)[22];
    expect(news("x".repeat(80))).toBe("x".repeat(80));
    expect(news("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
  });

  test("puts a client outside the room on the frame, at the nearest point", () => {
    const lines = drawRoom(scene([1, 1], [-9, -9], [60, 5], [-32768, 3], [30, 32767]), FULL, false);
    expect(lines[0]).toMatch(/^B─{60}┐/);
    expect(lines[6]).toMatch(/^│ {60}C/);
    expect(lines[4]).toMatch(/^D {60}│/);
    expect(lines[21]).toMatch(/^└─{30}E─{29}┘/);
  });

  test("says how many are at one place", () => {
    const many = Array.from({ length: 10 }, (): [number, number] => [40, 4]);
    const lines = drawRoom(scene([7, 2], [7, 2], [9, 2], [9, 2], [9, 2], ...many), FULL, false);
    expect(plain(lines[3] ?? "")).toMatch(/^│ {7}2 3 {50}│/);
    expect(lines[3]).toContain("\x1b[7m2\x1b[0m 3");
    expect(lines[5]).toMatch(/^│ {40}\+ {19}│/);
  });

  test("shows the part of a larger room around this client, and dashes where the room goes on", () => {
    const size = { columns: 42, rows: 10 }; // 22 of the room's columns, and 6 of its rows
    const corner = drawRoom(scene([0, 0], [59, 19]), size, false).map(plain);
    expect(corner[0]).toMatch(/^┌─{22}┐/);
    expect(corner[1]).toMatch(/^│A {21}┆/);
    expect(corner[7]).toMatch(/^└┄{22}B/);
    const middle = drawRoom(scene([30, 10], [29, 10]), size, false).map(plain);
    expect(middle[0]).toMatch(/^┌┄{22}┐/);
    expect(middle[4]).toMatch(/^┆ {10}BA {10}┆/);
    const end = drawRoom(scene([59, 19]), size, false).map(plain);
    expect(end[6]).toMatch(/^┆ {21}A│/);
    expect(end[7]).toMatch(/^└─{22}┘/);
  });

  test("leaves the list out where it does not fit", () => {
    expect(drawRoom(scene([3, 1]), { columns: 41, rows: 10 }, false)[0]).toBe(`┌${"─".repeat(39)}┐`);
  });

  /** The list beside the room, without the lines that are empty. */
  const listOf = (places: Map<number, Place>, self = 4) =>
    drawRoom({ self, news: "", places }, FULL, false)
      .slice(0, 22)
      .map((line) => plain(line).slice(63).trimEnd())
      .filter((line) => line !== "");

  test("lists this client first and then the others by id, in whatever order they came", () => {
    const at = { x: 3, y: 1 };
    const places = new Map([12, 7, 4, 30].map((id) => [id, at] as const));
    expect(listOf(places)).toEqual([
      "4 clients",
      "D you        3  1",
      "G client 7   3  1",
      "L client 12  3  1",
      "D client 30  3  1",
    ]);
    expect(listOf(new Map([[1, at]]))).toEqual(["1 client", "A client 1   3  1"]);
  });

  test("lists as many clients as there are lines, and says how many more there are", () => {
    const crowd = (size: number) =>
      listOf(new Map(Array.from({ length: size }, (_, id) => [id + 1, { x: id, y: 1 }])), 1);
    expect(crowd(21)).toHaveLength(22);
    expect(crowd(21).at(-1)).toBe("U client 21 20  1");
    expect(crowd(22)).toHaveLength(22);
    expect(crowd(22).slice(-2)).toEqual(["T client 20 19  1", "… and 2 more"]);
    expect(crowd(30).at(-1)).toBe("… and 10 more");
  });

  test("gives each client a letter, whatever its id, and 182 of them another look", () => {
    expect([1, 26, 27, 0, -1].map(letterOf)).toEqual(["A", "Z", "A", "Z", "Y"]);
    const looks = Array.from({ length: 182 }, (_, id) => {
      const [line = ""] = drawRoom(
        { self: 0, news: "", places: new Map([[id + 1, { x: -1, y: -1 }]]) },
        FULL,
        true,
      );
      return line.slice(0, line.indexOf("\x1b[0m"));
    });
    expect(new Set(looks).size).toBe(182);
  });
});
