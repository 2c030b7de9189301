import { readdirSync, readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { readRecording } from "../../../docs/recordings/recording.ts";
import { drawStill } from "../../../docs/recordings/still.ts";

const FOLDER = new URL("../../../docs/recordings/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, FOLDER), "utf8");

const lessons = readdirSync(new URL("../../../lessons/", import.meta.url)).flatMap(
  (name) => /^\d+(?=_)/.exec(name)?.[0] ?? [],
);

describe.each(lessons)("the recording of lesson %s", (lesson) => {
  const file = read(`${lesson}.cast`);
  const [header, ...events] = file
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

  it("is an asciicast that any player plays", () => {
    expect(header).toMatchObject({ version: 2, width: expect.any(Number), height: 24 });
    for (const event of events) {
      expect(event).toEqual([expect.any(Number), expect.stringMatching(/^[om]$/), expect.any(String)]);
    }
    const times = events.map(([at]) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times.map((at) => Math.round(at * 1000) / 1000)).toEqual(times);
  });

  it("has whole lines that fit on its screen, and no escape sequences but those of colours", () => {
    for (const [, code, text] of events) {
      if (code === "m") continue;
      const plain = stripVTControlCharacters(text);
      for (const sequence of text.split("\u{1b}").slice(1)) expect(sequence).toMatch(/^\[(2|22|3\d)m/);
      expect(plain).toMatch(/^[^\r\n]+\r\n$/);
      expect(plain.trimEnd().length).toBeLessThanOrEqual(header.width);
    }
  });

  it("shows a lesson from its start to the end of every program", () => {
    const text = readRecording(file)
      .lines.map(({ spans }) => spans.map((span) => span.text).join(""))
      .join("\n");
    expect(text).toMatch(/^\$ npm start/);
    expect(text).toMatch(/\^C\n/);
    expect(text).toMatch(/; 0 remain$/m);
  });

  it("has a still that shows what is recorded: else npx tsx docs/recordings/record.ts --draw", () => {
    expect(read(`${lesson}.svg`)).toBe(drawStill(readRecording(file)));
  });
});

it("a still escapes what is text, and keeps its spaces and its colours", () => {
  const file = [
    { version: 2, width: 20, height: 24, title: 'a "title" & more' },
    [0, "o", "\u{1b}[36mserver │ \u{1b}[39m<b>  &amp;\r\n"],
    [1, "m", "still"],
    [2, "o", "too late\r\n"],
  ];
  const still = drawStill(readRecording(file.map((row) => JSON.stringify(row)).join("\n")));
  expect(still).toContain('aria-label="a &quot;title&quot; &amp; more"');
  expect(still).toContain(
    '<tspan fill="#56d4dd">server\u{a0}│\u{a0}</tspan>&lt;b&gt;\u{a0}\u{a0}&amp;amp;</text>',
  );
  expect(still).not.toContain("late");
});
