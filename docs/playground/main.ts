/**
 * The playground: a state, the views that show it, and what people do, which makes the next state.
 *
 * @module
 */

import { fromAddress, toAddress } from "./address.ts";
import { bytesView } from "./bytes_view.ts";
import {
  changeFormat,
  changeHex,
  changeOrder,
  changeText,
  changeValue,
  flipBit,
  leavePreset,
} from "./changes.ts";
import { codeView } from "./code_view.ts";
import { find, say, setAttributes, setText, setValue } from "./dom.ts";
import { formatView } from "./format_view.ts";
import { inspect } from "./inspection.ts";
import { inspectorView } from "./inspector_view.ts";
import { FAMOUS, type LessonPackets, lessonPresets, startFrom } from "./presets.ts";
import { bytesOf, type Reading, read, type Trouble } from "./reading.ts";
import { shareButton } from "./share.ts";
import type { State } from "./state.ts";
import { firstCuts, type Stream, streamOf, tidyCuts } from "./stream.ts";
import { streamView } from "./stream_view.ts";
import { followTheme } from "./theme.ts";
import { valuesView } from "./values_view.ts";

/** How long typing has to stop before the address follows, in milliseconds: browsers limit how often it may change. */
const ADDRESS_DELAY = 250;

/** What the page shows where its address says nothing: the packet with numbers of two sizes and a text. */
const FIRST = "1.client";

/**
 * Starts the page.
 *
 * @param lessons - the lessons, as the build found them
 */
export function start(lessons: readonly LessonPackets[]): void {
  followTheme();
  const presets = [...lessonPresets(lessons), ...FAMOUS];
  const opening = startFrom(presets.find(({ id }) => id === FIRST) ?? (presets[0] as (typeof presets)[0]));
  const notice = find("notice", HTMLElement);
  const hex = find("hex", HTMLTextAreaElement);

  let state = opening;
  /** What was shown last that made sense. */
  let reading: Reading | undefined;
  let isReadable = false;
  let stream: Stream | string = "";
  let looked = 0;
  let timer = 0;

  const showFormat = formatView(presets, {
    choose: (preset) => change(preset ? startFrom(preset) : { ...state, preset: "" }),
    typeFormat: (format) => change(changeFormat(state, format, presets)),
    chooseOrder: (order) => change(changeOrder(state, order, presets), state.hex === undefined),
  });
  const showValues = valuesView({
    typeValue: (index, typed) => reading && change(changeValue(state, reading, index, typed)),
    typeText: (typed) => reading && change(changeText(state, reading, typed)),
  });
  const bytes = bytesView(look);
  const showCode = codeView();
  const showInspector = inspectorView((offset, bit) => {
    if (reading) change(flipBit(state, reading, offset, bit));
  });
  const showStream = streamView({
    cut: (cuts) => change({ ...state, cuts }),
    choosePackets: (packets) => change({ ...state, packets, cuts: undefined }),
    takeText: () => change(opening),
  });
  hex.addEventListener("input", () => change(changeHex(state, hex.value)));
  shareButton(address);
  window.addEventListener("hashchange", () => location.hash !== address() && open());
  open();

  /** Shows what the address says. */
  function open(): void {
    try {
      state = leavePreset(fromAddress(location.hash) ?? opening, presets);
      setText(notice, undefined);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      state = opening;
      setText(notice, `This is not a playground link: ${error.message}. Here is a packet to start from.`);
    }
    show(false);
  }

  function change(next: State, moves = false): void {
    // Knives only move: the packet above them is the same, and is not drawn again.
    const isCut = next.cuts !== state.cuts && next.packets === state.packets && next.format === state.format;
    const onlyCut =
      isCut && next.values === state.values && next.hex === state.hex && next.text === state.text;
    state = next;
    setText(notice, undefined);
    if (onlyCut) cutStream();
    else show(moves);
    clearTimeout(timer);
    timer = setTimeout(writeAddress, ADDRESS_DELAY);
  }

  function address(): string {
    return toAddress(state, isReadable ? reading : undefined);
  }

  function writeAddress(): void {
    history.replaceState(null, "", address());
  }

  function show(moves: boolean): void {
    const result = read(state, presets);
    showFormat(state, result);
    const trouble = "about" in result ? result : undefined;
    const hexTrouble = "about" in result ? hexTroubleOf(result) : result.complaint;
    say(find("hex-error", HTMLElement), hexTrouble);
    setAttributes(hex, { "aria-invalid": hexTrouble !== undefined && "true" });
    setValue(hex, "about" in result ? (state.hex ?? hex.value) : result.hex);
    isReadable = trouble === undefined;
    bytes.fade(!isReadable);
    showCode("about" in result ? undefined : result);
    if ("about" in result) {
      stream = `The ${result.about === "hex" ? "bytes above make" : "format above makes"} no packet, so there is no stream to cut.`;
    } else {
      reading = result;
      showValues(result);
      bytes.show(result, moves);
      stream = streamOf(result, state.packets);
      setText(find("meaning", HTMLElement), result.meaning);
      setText(find("holds", HTMLElement), holds(result));
      look(Math.max(Math.min(looked, result.bytes.length - 1), 0));
    }
    cutStream();
  }

  function look(offset: number): void {
    looked = offset;
    const inspection = reading && inspect(reading, offset);
    bytes.select(offset, inspection?.part);
    showInspector(inspection);
  }

  function cutStream(): void {
    const cuts =
      typeof stream === "object"
        ? state.cuts
          ? tidyCuts(state.cuts, stream.bytes.length)
          : firstCuts(stream)
        : [];
    showStream(stream, reading, cuts, state.packets);
  }
}

function hexTroubleOf({ about, message }: Trouble): string | undefined {
  return about === "hex" ? message : undefined;
}

/** What stays when the byte order changes. */
function holds({ isFromBytes, arrived }: Reading): string {
  const size = bytesOf(arrived);
  return isFromBytes
    ? `${size}, which you typed: change the byte order, and they stay while the values change.`
    : `${size}. Change the byte order: the values stay, and their bytes move.`;
}
