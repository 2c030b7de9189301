import * as shiki from "@gerrit0/mini-shiki";
import { expect, test, vi } from "vitest";
import { takeTime } from "../../../docs/theme/highlight.js";

test("code is coloured to the end of each line, however slow the machine is", async () => {
  takeTime();
  await shiki.loadBuiltinWasm();
  const highlighter = await shiki.createShikiInternal({
    engine: await shiki.createOnigurumaEngine(),
    themes: [shiki.bundledThemes["github-dark-default"]],
    langs: [shiki.bundledLanguages.typescript],
  });
  // A second passes between any two looks at the clock.
  let now = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => (now += 1000));
  const options = { themes: { dark: "github-dark-default" }, lang: "typescript" };
  const [line = []] = shiki.codeToTokensWithThemes(highlighter, "const answer = 42;", options);
  clock.mockRestore();
  const words = line.map(({ content }) => content.trim()).filter((text) => text !== "");
  expect(words).toEqual(["const", "answer", "=", "42", ";"]);
});
