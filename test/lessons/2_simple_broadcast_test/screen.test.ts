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

  test("puts whoever is outside the room on its frame, at the nearest point", () => {
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

  test("lists this client first, the others by id, and how many more there are", () => {
    const places = Array.from({ length: 30 }, (_, id): [number, number] => [id, 1]);
    const list = drawRoom({ ...scene(...places), self: 4 }, FULL, false).map((line) => plain(line).slice(63));
    expect(list.slice(0, 4)).toEqual([
      "30 clients       ",
      "D you        3  1",
      "A client 1   0  1",
      "B client 2   1  1",
    ]);
    expect(list[20]).toBe("T client 20 19  1");
    expect(list[21]).toBe("… and 10 more    ");
    expect(drawRoom(scene([3, 1]), FULL, false)[0]).toContain(" 1 client ");
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
