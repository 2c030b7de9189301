import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { buildPlayground } from "../../../docs/playground/plugin.js";
import { showValue } from "../../../docs/playground/values.ts";
import { pack, type StructValue } from "../../../src/struct.ts";
import { barriers, overflow } from "../accessibility.ts";
import { PHONE, SITE, test, type View } from "../browser.ts";

const PAGE = "playground/index.html";

/** What the page shows of the packet. */
const bytesOf = async (page: Page) => (await page.locator("#bytes .byte").allTextContents()).join(" ");
const hexOf = (page: Page) => page.locator("#hex").inputValue();
const told = async (page: Page) => (await page.locator("#inspector").innerText()).replace(/\s+/g, " ");
const valuesOf = (page: Page) => page.locator("#values :is(input, select)").evaluateAll(readInputs);
const readInputs = (inputs: (HTMLElement | SVGElement)[]) =>
  inputs.map((input) => (input as HTMLInputElement).value);

/** The input of a value. */
const inputOf = (page: Page, name: string) => page.locator("#values").getByLabel(name);

/** Waits until the address holds what is shown. */
const addressed = (page: Page, part: string) =>
  page.waitForURL((url) => decodeURIComponent(url.hash).includes(part));

describe("the packet", () => {
  test("starts as lesson 1's request, in boxes with offsets, names and values", async ({ open }) => {
    const page = await open(PAGE);
    expect(await bytesOf(page)).toBe("04 00 00 00 02 00 03 00 53 55 4D 41");
    expect(await page.locator("#bytes .offset").allTextContents()).toEqual(
      Array.from({ length: 12 }, (_, offset) => String(offset)),
    );
    expect(await page.locator("#bytes .label").allInnerTexts()).toEqual([
      ...["length\n4", "first\n2", "second\n3", 'command\n"SUMA"'],
    ]);
    expect(await page.locator("#meaning").innerText()).toBe("request: SUMA 2 3");
    expect(await hexOf(page)).toBe("04 00 00 00 02 00 03 00 53 55 4D 41");
  });

  test("has colours in the order of the terminal's, one for each field", async ({ open }) => {
    const page = await open(PAGE);
    const classes = await page
      .locator("#bytes .label")
      .evaluateAll((labels) => labels.map(({ className }) => className));
    expect(classes).toEqual([0, 1, 2, 3].map((nth) => `label colour-${nth}`));
  });

  test("follows the format and the values as they are typed", async ({ open }) => {
    const page = await open(PAGE);
    await page.getByLabel("Format").fill("@bi?");
    await inputOf(page, "value 1").fill("-1");
    await inputOf(page, "value 2").fill("0x01020304");
    await inputOf(page, "value 3").selectOption("true");
    expect(await bytesOf(page)).toBe("FF 00 00 00 04 03 02 01 01");
    expect(await page.locator("#bytes .byte.padding").count()).toBe(3);
    await page.locator("#bytes .byte").nth(2).click();
    expect(await told(page)).toContain(
      "Padding, which means nothing: value 2 is next, and i starts at a multiple of 4.",
    );
  });

  test("of each preset is drawn without a complaint, and there are all lessons' packets", async ({
    open,
  }) => {
    const page = await open(PAGE);
    const options = await page
      .locator("#preset option[value]:not([value=''])")
      .evaluateAll((all) =>
        all.map((option) => [(option as HTMLOptionElement).value, option.textContent] as const),
      );
    expect(options.map(([, title]) => title)).toEqual(
      expect.arrayContaining([
        "Lesson 0: test, from the server",
        "Lesson 1: request, from the client",
        "Lesson 1: response, from the server",
        "PNG: signature and IHDR",
        "IPv4",
      ]),
    );
    for (const [value, title] of options) {
      await page.getByLabel("Start from").selectOption(value);
      expect(await page.locator(".error:not(:empty)").count(), String(title)).toBe(0);
      expect(await page.locator("#bytes .byte").count(), String(title)).toBeGreaterThan(3);
      expect(await page.locator("#score").innerText(), String(title)).toContain("the right reader 3 of 3");
    }
  });
});

describe("what is refused", () => {
  test("in the format is marked there, with the library's words, and the drawing waits", async ({ open }) => {
    const page = await open(PAGE);
    const format = page.getByLabel("Format");
    await format.fill("<izh");
    expect(await page.locator("#format-marks .wrong").innerText()).toBe("z");
    expect(await page.locator("#format-error").innerText()).toBe(
      'bad char in struct format: "z", character 3 of "<izh", is not a format code',
    );
    expect(await format.getAttribute("aria-invalid")).toBe("true");
    expect(await page.locator("#bytes.old .byte").count()).toBe(12);
    // The mark lies under the very character.
    const [mark, input] = await Promise.all([
      page.locator("#format-marks .wrong").boundingBox(),
      format.boundingBox(),
    ]);
    const advance = await page.evaluate(() => {
      const context = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
      const style = getComputedStyle(document.querySelector("#format") as Element);
      context.font = style.font;
      return context.measureText("<").width + Number.parseFloat(style.letterSpacing);
    });
    const padding = 0.65 * 16 + 1;
    expect(Math.abs((mark?.x ?? 0) - ((input?.x ?? 0) + padding + 2 * advance))).toBeLessThan(2);
    await format.fill("<ihh");
    expect(await page.locator("#format-error").innerText()).toBe("");
    expect(await page.locator("#bytes.old").count()).toBe(0);
  });

  test("of a value is said at its input, and its bytes are not there", async ({ open }) => {
    const page = await open(PAGE);
    await inputOf(page, "first").fill("40000");
    const error = page.locator(".value", { hasText: "first" }).locator(".error");
    expect(await error.innerText()).toBe(
      `value 2 of "<ihh", 40000, does not fit: 'h' format requires -32768 <= number <= 32767`,
    );
    expect(await inputOf(page, "first").getAttribute("aria-invalid")).toBe("true");
    expect(await bytesOf(page)).toBe("04 00 00 00 ?? ?? 03 00 53 55 4D 41");
    expect(await page.locator(".error:not(:empty)").count()).toBe(1);
    await page.locator("#bytes .byte").nth(4).click();
    expect(await told(page)).toBe("Byte 4 first is refused, and has no bytes.");
    await inputOf(page, "first").fill("4");
    expect(await page.locator(".error:not(:empty)").count()).toBe(0);
  });

  test("of bytes is said below them, and the gap or the surplus is drawn", async ({ open }) => {
    const page = await open(PAGE);
    await page.getByLabel("Format").fill("<ih");
    await page.getByLabel("In hex").fill("01 02 03");
    expect(await page.locator("#hex-error").innerText()).toBe(
      'unpack requires a buffer of 6 bytes for "<ih", not of 3',
    );
    expect(await bytesOf(page)).toBe("01 02 03 ·· ·· ··");
    expect(await page.locator("#meaning").innerText()).toBe(
      "a packet of 6 bytes: its reader waits for 3 more",
    );
    expect(await page.locator("#stream-trouble").innerText()).toContain("isn't whole");
    await page.getByLabel("In hex").fill("01 02 03 04 05 06 07 08");
    expect(await bytesOf(page)).toBe("01 02 03 04 05 06 07 08");
    expect(await page.locator("#bytes .label.surplus").innerText()).toContain("too many");
    // Who sends more than the format has loses both readers.
    expect(await page.locator("#score").innerText()).toContain("the right reader 0 of 3");
    await page.getByLabel("In hex").fill("01 02 0q");
    expect(await page.locator("#hex-error").innerText()).toBe("‘q’, character 8, is not a hex digit");
  });
});

describe("a format of your own", () => {
  test("stays your own when it becomes a lesson's by accident", async ({ open }) => {
    const page = await open(PAGE);
    const preset = page.getByLabel("Start from");
    await page.getByLabel("Format").fill("<ih");
    expect(await preset.inputValue()).toBe("");
    await page.getByLabel("Format").fill("<ihh");
    expect(await preset.inputValue()).toBe("");
    expect(await page.locator("#bytes .byte").count()).toBe(8);
    await preset.selectOption("1.client");
    expect(await page.locator("#bytes .byte").count()).toBe(12);
    await preset.selectOption("a format of your own");
    expect(await page.locator("#bytes .label .name").allInnerTexts()).toEqual([
      "value 1",
      "value 2",
      "value 3",
    ]);
  });

  test("has room for the largest values, with all their digits", async ({ open }) => {
    for (const view of [{}, PHONE]) {
      const page = await open(PAGE, view);
      await page.getByLabel("Format").fill("<QqdB");
      await inputOf(page, "value 1").fill("2**64-1");
      await inputOf(page, "value 2").fill("-2**63");
      await inputOf(page, "value 3").fill("-1.7976931348623157e308");
      expect(await page.locator("#bytes .label .shown").allInnerTexts()).toEqual([
        ...["18446744073709551615", "-9223372036854775808", "-1.7976931348623157e+308", "0"],
      ]);
      const cut = await page
        .locator("#values input, #bytes .label .shown")
        .evaluateAll(
          (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).length,
        );
      expect(cut).toBe(0);
    }
  });
});

describe("the byte order", () => {
  test("moves the bytes of each number, and no others", async ({ open }) => {
    const page = await open(PAGE);
    await page.getByRole("radio", { name: "big-endian" }).check();
    expect(await page.getByLabel("Format").inputValue()).toBe(">ihh");
    expect(await bytesOf(page)).toBe("00 00 00 04 00 02 00 03 53 55 4D 41");
    expect(await page.locator("#meaning").innerText()).toBe("request: SUMA 2 3");
  });

  test("lets them be seen moving, unless one has asked for less motion", async ({ open }) => {
    const moving = async (view: View) => {
      const page = await open(PAGE, view);
      await page.getByRole("radio", { name: "big-endian" }).check();
      return page.evaluate(() => document.getAnimations().length);
    };
    expect(await moving({ reducedMotion: "no-preference" })).toBe(8);
    expect(await moving({ reducedMotion: "reduce" })).toBe(0);
  });

  test("reads other values where the bytes were typed", async ({ open }) => {
    const page = await open(PAGE);
    await page.getByLabel("Format").fill("<hH");
    await page.getByLabel("In hex").fill("0102, 0xfffe");
    expect(await valuesOf(page)).toEqual(["513", "65279"]);
    await page.getByRole("radio", { name: "network" }).check();
    expect(await valuesOf(page)).toEqual(["258", "65534"]);
    expect(await bytesOf(page)).toBe("01 02 FF FE");
    expect(await page.locator("#holds").innerText()).toContain("they stay while the values change");
  });
});

describe("a byte", () => {
  test("that is clicked tells its value in all forms, its field and its bits", async ({ open }) => {
    const page = await open(PAGE);
    await page.locator("#bytes .byte").nth(8).click();
    const text = await told(page);
    expect(text).toMatch(/Hex 0x53 Decimal 83 ASCII S Field command, bytes 8–11 Type text Value "SUMA"/);
    expect(await page.getByRole("group", { name: "bits 0101 0011" }).count()).toBe(1);
    await inputOf(page, "first").fill("-2");
    await page.locator("#bytes .byte").nth(5).click();
    expect(await told(page)).toMatch(
      /Decimal 255, signed -1 .*Field first, bytes 4–5 Type h · short Value -2/,
    );
  });

  test("has bits to flip, and the values follow", async ({ open }) => {
    const page = await open(PAGE);
    await page.locator("#bytes .byte").nth(5).click();
    const sign = page.getByRole("button", { name: "bit 7, which counts 128 : " });
    await sign.click();
    expect(await bytesOf(page)).toBe("04 00 00 00 02 80 03 00 53 55 4D 41");
    expect(await inputOf(page, "first").inputValue()).toBe("-32766");
    expect(await sign.innerText()).toMatch(/1$/);
    await page.keyboard.press("Enter"); // it still has the focus
    expect(await inputOf(page, "first").inputValue()).toBe("2");
  });

  test("is reached by the arrow keys, of which one Tab is enough", async ({ open }) => {
    const page = await open(PAGE);
    await inputOf(page, "command").focus();
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(await focused()).toBe("byte 0: 04, length");
    for (const [key, label] of [
      ["ArrowRight", "byte 1: 00, length"],
      ["End", "byte 11: 41, command"],
      ["ArrowRight", "byte 11: 41, command"],
      ["ArrowLeft", "byte 10: 4D, command"],
      ["Home", "byte 0: 04, length"],
      ["ArrowLeft", "byte 0: 04, length"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused(), key).toBe(label);
    }
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("heading", { name: "Byte 1", exact: true }).count()).toBe(1);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("hex");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("byte 1: 00, length");
  });

  test("has another one below it where there is a second row", async ({ open }) => {
    const page = await open(PAGE, PHONE);
    await page.locator("#bytes .byte").nth(1).focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "byte 9: 55, command",
    );
  });

  test("is said aloud, and the rest of what is told is not", async ({ open }) => {
    const page = await open(PAGE);
    await page.locator("#bytes .byte").nth(5).click();
    expect(await page.locator("#inspector [role=status]").allInnerTexts()).toEqual([
      "first is 2. This is its byte 2 of 2, the most significant: it adds 0 × 256.",
    ]);
  });
});

test("a packet is there as TypeScript and as Python, to copy", async ({ open }) => {
  const page = await open(PAGE, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByText("As code, in TypeScript and Python").click();
  const copied = async (language: string) => {
    await page.locator(`#${language}-copy`).click();
    await page.locator(`#${language}-copy`).getByText("Copied").waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copied("typescript")).toContain('pack("<ihh", 4, 2, 3), Buffer.from("SUMA")');
  expect(await copied("python")).toContain('struct.pack("<ihh", 4, 2, 3) + b"SUMA"');
  await inputOf(page, "first").fill("40000");
  expect(await page.locator("#as-code").isVisible()).toBe(false);
});

describe("a link", () => {
  test("brings another page what was typed, chosen and cut", async ({ open, site }) => {
    const page = await open(PAGE);
    await page.getByLabel("Format").fill(">hB5s");
    await inputOf(page, "value 1").fill("-7");
    await inputOf(page, "value 3").fill("a&b=#");
    await page.getByLabel("Packets").selectOption("2");
    await page.getByRole("button", { name: "Cut between packets" }).click();
    await addressed(page, "c=8");
    const other = await open(page.url().slice(site.length));
    expect(await other.getByLabel("Format").inputValue()).toBe(">hB5s");
    expect(await valuesOf(other)).toEqual(["-7", "2", "a&b=#"]);
    expect(await bytesOf(other)).toBe(await bytesOf(page));
    expect(await other.locator("#score").innerText()).toBe(await page.locator("#score").innerText());
    expect(await other.locator("#score").innerText()).toContain("The naive reader gets 2 of 2");
  });

  test("is copied by the button", async ({ open }) => {
    const page = await open(PAGE, { permissions: ["clipboard-read", "clipboard-write"] });
    await inputOf(page, "first").fill("77");
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("The link is copied.").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(page.url());
    expect(copied).toContain("v=77");
  });

  test("has nothing in it that is no longer shown", async ({ open }) => {
    const page = await open(PAGE);
    await page.getByLabel("Format").fill("<h");
    await addressed(page, "f=<h");
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe("#f=<h&v=4");
  });

  test("that is pasted over this one is shown", async ({ open }) => {
    const page = await open(PAGE);
    await page.evaluate(() => {
      location.hash = "#f=<hh&v=1&v=2";
    });
    await page.locator("#bytes .byte").nth(4).waitFor({ state: "detached" });
    expect(await bytesOf(page)).toBe("01 00 02 00");
  });

  test("of a stranger becomes text, never a part of the page", async ({ open }) => {
    const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const encoded = encodeURIComponent(attack);
    for (const hash of [
      `#f=${encoded}`,
      `#f=%3Ci&v=${encoded}`,
      `#f=99s&v=${encoded}`,
      `#p=1.client&f=%3Cihh&v=${encoded}&v=1&v=1&t=${encoded}`,
      `#f=%3Ci&x=${encoded}`,
      `#p=${encoded}&f=%3Ci`,
      `#f=%3Ci&n=${encoded}`,
      `#f=%3Ci&c=${encoded}`,
      `#f=javascript:alert(1)`,
    ]) {
      const page = await open(PAGE + hash);
      expect(await page.title(), hash).toContain("Playground");
      expect(await page.locator("img, script:not([src]), [onerror]").count(), hash).toBe(0);
    }
  });

  test("of any rubbish leaves a page that works, and says what is wrong with it", async ({ open }) => {
    for (const [hash, says] of [
      ["#%E0%A4%A", "This is not a playground link: it has no format"],
      ["#eyJmIjoiPGkifQ==", "it has no format"],
      [`#f=i${"&v=1".repeat(1000)}`, "it has 1000 values"],
      [`#f=i&v=${"9".repeat(100_000)}`, "characters"],
      ["#f=i&c=99999999", "it has no cut"],
      ["#f=99999999x", "99999999 bytes are too many to draw"],
      ["#f=999999999999999999999999x", "total struct size too long"],
      [`#f=${"%00".repeat(20)}`, "embedded null character"],
      [`#f=${"0s".repeat(100)}`, "too many values to show"],
    ] as const) {
      const page = await open(PAGE + hash);
      await page.getByText(says).waitFor();
      await page.getByLabel("Format").fill("<h");
      await inputOf(page, "value 1").fill("5");
      expect(await bytesOf(page), hash.slice(0, 40)).toBe("05 00");
    }
  });
});

describe("the stream", () => {
  const score = (page: Page) => page.locator("#score").innerText();
  const cuts = (page: Page) =>
    page
      .getByRole("slider")
      .evaluateAll((knives) => knives.map((knife) => Number(knife.getAttribute("aria-valuenow"))));

  test("is cut wherever the mouse drags a knife, and both readers follow", async ({ open }) => {
    const page = await open(PAGE);
    expect(await cuts(page)).toEqual([5, 19]);
    expect(await score(page)).toBe(
      "3 chunks. The naive reader gets 0 of 3 packets, the right reader 3 of 3.",
    );
    await drag(page, 0, 12);
    expect(await cuts(page)).toEqual([12, 19]);
    await drag(page, 1, 24);
    expect(await cuts(page)).toEqual([12, 24]);
    expect(await score(page)).toBe(
      "3 chunks. The naive reader gets 3 of 3 packets, the right reader 3 of 3.",
    );
    // A knife stops where the next one lies.
    await drag(page, 0, 33);
    expect(await cuts(page)).toEqual([23, 24]);
    expect(await page.locator(".chunk").nth(1).innerText()).toMatch(/^Chunk 2 1 byte/);
  });

  test("is cut by keyboard", async ({ open }) => {
    const page = await open(PAGE);
    const knife = page.getByRole("slider", { name: "Knife 1" });
    await knife.focus();
    for (const [key, at] of [
      ["ArrowRight", 6],
      ["ArrowLeft", 5],
      ["ArrowUp", 6],
      ["PageUp", 10],
      ["End", 18],
      ["ArrowRight", 18],
      ["PageDown", 14],
      ["Home", 1],
      ["ArrowLeft", 1],
    ] as const) {
      await page.keyboard.press(key);
      expect(await cuts(page), key).toEqual([at, 19]);
    }
    expect(await knife.getAttribute("aria-valuetext")).toBe("before byte 1 of 36");
    await page.keyboard.press("Delete");
    expect(await cuts(page)).toEqual([19]);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Knife 1");
  });

  test("has knives to add and to remove, and cuts that are ready", async ({ open }) => {
    const page = await open(PAGE);
    const press = (name: string) => page.getByRole("button", { name }).click();
    await press("Add a knife");
    expect(await cuts(page)).toEqual([5, 19, 27]);
    for (let nth = 0; nth < 5; nth++) await press("Add a knife");
    expect(await page.getByRole("button", { name: "Add a knife" }).isDisabled()).toBe(true);
    await press("Cut nowhere");
    expect(await cuts(page)).toEqual([]);
    expect(await score(page)).toBe("1 chunk. The naive reader gets 1 of 3 packets, the right reader 3 of 3.");
    expect(await page.getByRole("button", { name: "Remove a knife" }).isDisabled()).toBe(true);
    await press("Cut anywhere");
    expect((await cuts(page)).length).toBeGreaterThan(0);
    expect(await score(page)).toContain("the right reader 3 of 3");
    await press("Cut between packets");
    expect(await cuts(page)).toEqual([12, 24]);
    await press("Remove a knife");
    expect(await cuts(page)).toEqual([12]);
  });

  test("shows what each reader makes of each chunk", async ({ open }) => {
    const page = await open(PAGE);
    const [first, second] = await page.locator(".chunk").all();
    expect(await first?.innerText()).toMatch(
      /Naive reader\s+✗ fails unpack_from requires a buffer of at least 8 bytes/,
    );
    expect(await first?.innerText()).toMatch(/Right reader\s+… waits with 5 of 12 bytes/);
    expect(await second?.innerText()).toMatch(/✓ reads SUMA 2 3\s+… waits with 7 of 12 bytes/);
    // The naive server crashed at the first chunk.
    expect(await second?.innerText()).toMatch(/Naive reader\s+· nobody reads: the server has crashed/);
    expect(await page.locator(".reader.unread").count()).toBe(2);
  });

  test("loses the right reader, too, where a length lies", async ({ open }) => {
    const page = await open(PAGE);
    await inputOf(page, "length").fill("2");
    expect(await score(page)).toContain("the right reader 0 of 3");
    expect(await page.locator("#chunks").innerText()).toContain("✗ refuses");
  });

  test("that isn't there is missed in words that say why", async ({ open }) => {
    const page = await open(PAGE);
    const why = page.locator("#stream-trouble");
    await page.getByLabel("Format").fill("");
    expect(await why.innerText()).toContain("has no bytes");
    await page.getByLabel("Format").fill("<100s");
    expect(await why.innerText()).toContain("3 packets of 100 bytes are more than the 256 bytes");
    await page.getByLabel("Packets").selectOption("2");
    expect(await why.isVisible()).toBe(false);
    await page.getByLabel("Format").fill("<b");
    await inputOf(page, "value 1").fill("200");
    expect(await why.innerText()).toContain("A value above is refused");
  });

  test("has three challenges, each ticked when the knives bring it about, and not before", async ({
    open,
  }) => {
    const page = await open(PAGE);
    const ticks = async () => (await page.locator("#challenges .tick").allInnerTexts()).join("");
    // The first cuts make the naive reader fail, but nobody has cut yet.
    expect(await ticks()).toBe("○○○");
    const knife = page.getByRole("slider", { name: "Knife 1" });
    await knife.press("ArrowRight");
    expect(await ticks()).toBe("✓○○");
    await drag(page, 0, 9);
    expect(await ticks()).toBe("✓✓○");
    await page.getByRole("button", { name: "Cut nowhere" }).click();
    expect(await ticks()).toBe("✓✓✓");
    await page.getByRole("button", { name: "Cut between packets" }).click();
    expect(await ticks()).toBe("✓✓✓");
    expect(await page.locator("#challenges-note").isVisible()).toBe(false);
    await page.getByLabel("Start from").selectOption("0.client");
    expect(await page.locator("#challenges-note").isVisible()).toBe(true);
  });

  test("a challenge that the packet can't solve says so, and offers a packet that can", async ({ open }) => {
    const page = await open(PAGE);
    const lack = page.locator("#challenges li").filter({ hasText: "This packet has no text", visible: true });
    const unsolvable = () => lack.locator("small:visible").count();
    expect(await unsolvable()).toBe(0);
    await page.getByLabel("Start from").selectOption("0.client");
    expect(await unsolvable()).toBe(2);
    await page.getByRole("button", { name: "Take lesson 1's request" }).click();
    expect(await unsolvable()).toBe(0);
    expect(await page.getByLabel("Start from").inputValue()).toBe("1.client");
    expect(await page.locator("#challenges-note").isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("challenges-title");
    await page.getByRole("button", { name: "Cut nowhere" }).click();
    expect(await page.locator("#challenges .tick").allInnerTexts()).toEqual(["○", "○", "✓"]);
  });

  test("can be stepped through, a line of both readers at a time", async ({ open }) => {
    const page = await open(`${PAGE}#p=1.client&f=%3Cihh&v=4&v=2&v=3&t=SUMA&c=9.19`);
    const step = page.getByRole("button", { name: "Step", exact: true });
    const lit = (reader: string) => page.locator(`#${reader}-code .lit`).allInnerTexts();
    expect(await lit("naive")).toEqual([]);
    expect(await page.getByRole("button", { name: "Back" }).isDisabled()).toBe(true);
    await step.click();
    expect(await page.locator("#naive-says").innerText()).toBe("Chunk 1 arrives: 9 bytes.");
    expect(await page.locator("#naive-chunk .cell").count()).toBe(9);
    expect(await page.locator("#right-buffer").innerText()).toBe("no bytes");
    for (let nth = 0; nth < 3; nth++) await step.click();
    expect((await lit("naive")).join()).toContain("handle(command, first, second);");
    expect(await page.locator("#naive-says").innerText()).toBe("✗ It handles S 2 3. Nobody sent that.");
    expect(await page.locator("#naive-chunk .frame.wrong .name").allInnerTexts()).toEqual([
      ...["length", "first", "second", "command"],
    ]);
    expect((await lit("right")).join()).toContain("const [length] = unpackFrom");
    expect(await page.locator("#right-buffer .cell").count()).toBe(9);
    expect(await page.locator(".chunk").nth(0).getAttribute("class")).toContain("now");
    await page.getByRole("button", { name: "Back" }).click();
    expect((await lit("naive")).join()).toContain("chunk.subarray(8, 8 + length)");
    await page.getByRole("button", { name: "To the end" }).click();
    expect(await page.locator("#right-says").innerText()).toBe(
      "The buffer is empty. It waits for the next chunk.",
    );
    expect(await step.isDisabled()).toBe(true);
    // The keyboard isn't lost when its button can do no more.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("step-back");
    // Another cut begins again.
    await page.getByRole("slider", { name: "Knife 1" }).press("ArrowRight");
    expect(await lit("right")).toEqual([]);
  });

  test("slides each chunk in, unless one has asked for less motion", async ({ open }) => {
    for (const [reducedMotion, moving] of [
      ["no-preference", 2],
      ["reduce", 0],
    ] as const) {
      const page = await open(PAGE, { reducedMotion });
      await page.getByRole("button", { name: "Step", exact: true }).click();
      expect(await page.evaluate(() => document.getAnimations().length), reducedMotion).toBe(moving);
    }
  });

  test("has knives and a chosen byte to be seen in forced colours", async ({ open }) => {
    const page = await open(PAGE, { forcedColors: "active" });
    const colour = (selector: string, pseudo?: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, part) => getComputedStyle(element, part).backgroundColor, pseudo);
    const highlight = await page.evaluate(() => {
      const probe = document.createElement("div");
      probe.style.color = "Highlight";
      document.body.append(probe);
      return getComputedStyle(probe).color;
    });
    expect(await colour(".knife", "::before")).toBe(highlight);
    expect(await colour(".knife", "::after")).toBe(highlight);
    expect(await colour(".byte[aria-current]")).toBe(highlight);
    // Only the line that runs has a bar beside it.
    const bar = await page
      .locator("#naive-code .line:not(.lit)")
      .first()
      .evaluate((line) => [
        getComputedStyle(line).borderLeftColor,
        getComputedStyle(document.body).backgroundColor,
      ]);
    expect(bar[0]).toBe(bar[1]);
  });

  test("is cut by a finger on a phone, in whichever row", async ({ open }) => {
    const page = await open(PAGE, PHONE);
    await drag(page, 1, 30);
    expect(await cuts(page)).toEqual([5, 30]);
  });
});

/** Follows a link from the page to itself. */
async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(async (to) => {
    if (location.hash === to) return;
    location.hash = to;
    await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
  }, hash);
}

/** Opens what is folded, and steps to where the readers have misread something. */
async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (let nth = 0; nth < 9; nth++) document.getElementById("step-next")?.click();
  });
}

/** Drags a knife to the left of a byte, in steps as a hand would. */
async function drag(page: Page, knife: number, to: number): Promise<void> {
  await page.locator("#stream").evaluate((stream) => stream.scrollIntoView({ block: "center" }));
  const handle = await page.getByRole("slider").nth(knife).boundingBox();
  const cell = await page.locator(`#stream [data-at="${to}"]`).boundingBox();
  if (!handle || !cell) throw new Error("nothing to drag");
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(cell.x, cell.y + cell.height / 2, { steps: 8 });
  await page.mouse.up();
}

describe("the page", () => {
  const states = {
    "a request": "",
    "a header of many rows": "#p=png&f=%3E8sI4sIIBBBBBI&v=a&v=13",
    "gaps and a float": "#f=bd&v=1&v=0.1",
    errors: "#p=1.client&f=%3Cihh&v=4&v=40000&v=x&t=SUMA",
    "a wrong format": "#f=%3Ciz",
    "bytes that are wrong": "#f=%3Ci&x=zz",
    "bytes that are too few": "#f=%3CiQ&x=0102",
    "bytes that are too many": "#f=%3Ci&x=010203040506",
    "a link that is refused": "#nonsense",
  };
  const views: Record<string, View> = {
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    "a phone, light": { ...PHONE, colorScheme: "light" },
    "a phone, dark": { ...PHONE, colorScheme: "dark" },
  };
  for (const [name, view] of Object.entries(views)) {
    test(`has no barrier, and fits the screen: ${name}`, async ({ open }) => {
      const page = await open(PAGE, view);
      for (const [state, hash] of Object.entries(states)) {
        await goTo(page, hash);
        await openAll(page);
        expect(await barriers(page), state).toEqual([]);
        expect(await overflow(page), state).toEqual([]);
      }
    });
  }

  test("fits a phone with everything that is longest", async ({ open }) => {
    const long = "A".repeat(1000);
    const page = await open(PAGE, PHONE);
    for (const hash of [
      `#f=256s&v=${long}`,
      `#f=${"B".repeat(64)}`,
      `#p=1.client&f=%3Cihh&v=64&v=1&v=1&t=${long.slice(0, 64)}`,
      `#f=${"z".repeat(200)}`,
      `#f=%3Ci&v=${long}`,
      `#f=%3Ci&x=${long}z`,
      "#f=d&v=-1.7976931348623157e308",
    ]) {
      await goTo(page, hash);
      await openAll(page);
      expect(await overflow(page), hash.slice(0, 30)).toEqual([]);
    }
  });

  test("is dark or light as was chosen on the other pages", async ({ open }) => {
    const page = await open(PAGE, { colorScheme: "light" });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.evaluate(() => localStorage.setItem("tsd-theme", "dark"));
    await page.reload();
    expect(await paper()).not.toBe(light);
  });

  test("leads back to the course", async ({ open, site }) => {
    const page = await open(PAGE);
    await page.getByRole("link", { name: "The course" }).click();
    expect(page.url()).toBe(`${site}index.html`);
  });

  test("runs no script but its own, and lets no text become HTML", async ({ browser, site }) => {
    // Not opened as usual: here the page does complain.
    const page = await browser.newPage();
    await page.goto(site + PAGE);
    const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    const violated = await page.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        directives.push(effectiveDirective),
      );
      const script = document.createElement("script");
      script.append("document.title = 'owned'");
      document.head.append(script);
      try {
        document.body.insertAdjacentHTML("beforeend", "<b>owned</b>");
      } catch {}
      await fetch("https://example.invalid/").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve));
      return [
        document.title,
        document.querySelectorAll("b").length > 0 && document.body.textContent?.includes("owned"),
        ...directives,
      ];
    });
    expect(violated[0]).toContain("Playground");
    expect(violated[1]).toBe(false);
    expect(violated).toContain("connect-src");
    await page.close();
  });

  test("opens as a file, too", async ({ browser }) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("console", (message) => errors.push(message.text()));
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(`file://${SITE}/${PAGE}`);
    await page.getByLabel("Format").fill("<h");
    await addressed(page, "f=<h");
    expect(await bytesOf(page)).toBe("04 00");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("is less than 100 kB to load, compressed", async ({ open }) => {
    const page = await open(PAGE);
    const loaded = await page.evaluate(() =>
      ["navigation", "resource"].flatMap((type) =>
        performance.getEntriesByType(type).map(({ name }) => name),
      ),
    );
    expect(loaded.length).toBeGreaterThanOrEqual(3);
    const bodies = await Promise.all(loaded.map(async (url) => (await page.request.get(url)).body()));
    const sizes = bodies.map((body) => gzipSync(body).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
  });

  test("is built the same each time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "playground-"));
    try {
      expect(await buildPlayground(folder)).toEqual([]);
      for (const name of ["index.html", "playground.js", "playground.css", "favicon.svg"]) {
        const again = await readFile(join(folder, name), "utf8");
        expect(again === (await readFile(join(SITE, "playground", name), "utf8")), name).toBe(true);
        expect(again, name).not.toContain(SITE.slice(0, 8));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("what CPython packs", () => {
  type Tagged = { i?: string; d?: string; b?: string; t?: boolean };

  /** A value as a person would type it. */
  function typed({ i, d, b, t }: Tagged): string {
    if (d !== undefined) return showValue(Buffer.from(d, "hex").readDoubleBE());
    if (b !== undefined) return b.replace(/../g, "\\x$&");
    return i ?? String(t);
  }

  /** Whether the kind of a value can be seen in its text: 2.0 and 2 are the same there. */
  function isTypable(code: string, { i, d, b, t }: Tagged): boolean {
    if ("csp".includes(code)) return b !== undefined;
    if (code === "?") return t !== undefined;
    return "efd".includes(code)
      ? i !== undefined || d !== undefined
      : i !== undefined || (d !== undefined && typed({ d }).includes("."));
  }

  test("the page packs", async ({ open }) => {
    const page = await open(PAGE);
    const lines = (await readFile("test/fixtures/struct_vectors.jsonl", "utf8")).trim().split("\n");
    const cases = lines
      .map((line) => JSON.parse(line) as { f: string; v: Tagged[]; size: number | null; pack: string | null })
      .filter(({ f, v, size }) => {
        const codes = [...f.replace(/^[@=<>!]/, "").matchAll(/(\d*)([a-zA-Z?])/g)].flatMap(
          ([, count, code = ""]) =>
            code === "x"
              ? []
              : new Array<string>("sp".includes(code) ? 1 : Math.min(Number(count || 1), 99)).fill(code),
        );
        return (
          (size ?? 0) <= 256 &&
          size !== null &&
          codes.length === v.length &&
          v.every((value, nth) => isTypable(codes[nth] ?? "", value))
        );
      })
      // struct's own tests say why: an f too large is infinity in CPython's native order, and an error here.
      .filter(({ f, pack: packed }) => packed !== null || !/^[@a-zA-Z?\d].*f/.test(f));
    const sample = cases.filter((_, nth) => nth % Math.ceil(cases.length / 250) === 0);
    expect(sample.length).toBeGreaterThan(200);
    const addresses = sample.map(
      ({ f, v }, nth) =>
        `#${new URLSearchParams([["f", f], ...v.map((value) => ["v", typed(value)]), ["nth", String(nth)]])}`,
    );
    const shown = await page.evaluate(async (all) => {
      const results: (string | null)[] = [];
      for (const address of all) {
        location.hash = address;
        await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        const hasError = [...document.querySelectorAll<HTMLElement>(".error")].some(
          ({ textContent }) => textContent !== "",
        );
        results.push(hasError ? null : (document.querySelector("#hex") as HTMLTextAreaElement).value);
      }
      return results;
    }, addresses);
    const expected = sample.map(
      ({ pack: packed }) => packed?.toUpperCase().match(/../g)?.join(" ") ?? (packed === "" ? "" : null),
    );
    for (const [nth, { f }] of sample.entries())
      expect(shown[nth], `${f} ${addresses[nth]}`).toBe(expected[nth]);
    expect(expected.filter((packed) => packed !== null).length).toBeGreaterThan(100);
  });

  test("and what struct.ts packs, of every code", async ({ open }) => {
    const format = "<bBhHiIqQefd?";
    const values = [
      "-1",
      "200",
      "-300",
      "40000",
      "-70000",
      "3000000000",
      "-5",
      "6",
      "0.5",
      "-0.25",
      "1e300",
      "true",
    ];
    const page = await open(
      `${PAGE}#${new URLSearchParams([["f", format], ...values.map((value) => ["v", value])])}`,
    );
    const numbers: StructValue[] = values.map((value, nth) => (nth === 11 ? true : Number(value)));
    expect(await hexOf(page)).toBe(
      Buffer.from(pack(format as string, ...numbers))
        .toString("hex")
        .toUpperCase()
        .match(/../g)
        ?.join(" "),
    );
  });
});
