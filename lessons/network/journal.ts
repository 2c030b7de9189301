/**
 * What has happened on each connection, for the page: the newest events, and what is held where.
 *
 * The page gets everything once, and then only the changes, a few times a second. The page doesn't know about packets:
 * this file says what a chunk means, and which byte belongs to which field.
 *
 * @module
 */

import { fieldsOf, type PacketDescription, PacketSplitter, packetFrom } from "../../src/packets.ts";
import { hexDigits } from "../../src/printable.ts";
import type { Item, Mode, RelayEvent, RelayedConnection, Way } from "../../src/relay.ts";
import { describePiece, drawParts, FIELD_COLOURS, type WirePart } from "../../src/wire.ts";
import type { Hand } from "./hand.ts";

/** The most events that are kept of a connection: its newest. */
export const MOST_EVENTS = 2000;

/** The most connections that are kept, including closed ones. */
export const MOST_KEPT_CONNECTIONS = 64;

/** The most packets of one chunk, and held bytes, that are drawn. */
const MOST_PIECES = 6;
const MOST_HELD_DRAWN = 256;

/** Steps less than this far apart get no `wait` between them, in milliseconds. */
const SHORTEST_WAIT = 50;

/** A packet, or a part of one, as the page draws it. */
export interface DrawnPiece {
  /** Its bytes, and the separators between fields. */
  readonly parts: readonly WirePart[];
  /** What it means. */
  readonly meaning: string;
}

/** Something that has happened, as the page draws it. */
export interface DrawnEvent {
  /** 1, 2, 3, … on its connection. */
  readonly number: number;
  /** In milliseconds since the connection began. */
  readonly at: number;
  /** What has happened. */
  readonly is: "came" | "left" | "thrown away" | "step" | "note";
  /** Where to. */
  readonly way?: Way;
  /** How many bytes; 0 for a FIN or a RST. */
  readonly size?: number;
  /** The bytes, as far as they are drawn. */
  readonly pieces?: readonly DrawnPiece[];
  /** How many more packets are not drawn. */
  readonly more?: number;
  /** A FIN, a RST, or words. */
  readonly text?: string;
}

/** A held byte: its digits, its field's colour, and whether a field, and a packet, begin with it. */
export type HeldByte = readonly [digits: string, colour: string, begins: 0 | 1 | 2];

/** One way of a connection, as the page shows it. */
export interface DrawnWay {
  readonly mode: Mode;
  /** In milliseconds. */
  readonly delay: number;
  /** How many bytes have come, have left, were thrown away, and are held. */
  readonly came: number;
  readonly left: number;
  readonly thrownAway: number;
  readonly held: number;
  /** A FIN or RST after the held bytes. */
  readonly heldEnd: "FIN" | "RST" | null;
  /** The first of the held bytes. */
  readonly bytes: readonly HeldByte[];
  /** What has ended this direction, if anything has. */
  readonly ended: "FIN" | "RST" | null;
  /** Whether the learner did that, and the sender is still connected: it has not heard of it. */
  readonly endedByHand: boolean;
  /** Whether the sender has said goodbye, whether or not that was passed on. */
  readonly goodbyeCame: boolean;
  /** When the receiver last heard something, in milliseconds since the connection began. */
  readonly lastHeard: number;
}

/** A connection, as the page shows it. */
export interface DrawnConnection {
  readonly id: number;
  readonly isOpen: boolean;
  /** In milliseconds: how old it is now. */
  readonly age: number;
  readonly ways: Readonly<Record<Way, DrawnWay>>;
  /** How many events there were before the ones that are kept. */
  readonly dropped: number;
}

/** What the page hears: all connections that have changed, and what is new on each. */
export interface News {
  readonly connections: readonly DrawnConnection[];
  readonly events: Readonly<Record<number, readonly DrawnEvent[]>>;
  /** Connections that are no longer kept. */
  readonly gone: readonly number[];
}

interface Counts {
  came: number;
  left: number;
  thrownAway: number;
  ended: "FIN" | "RST" | null;
  /** Whether the sender itself has said goodbye. */
  goodbyeCame: boolean;
  lastHeard: number;
}

/** What is known about one connection. */
interface Story {
  readonly id: number;
  readonly start: number;
  readonly connection: RelayedConnection;
  readonly hand: Hand;
  readonly splitters: Record<"came" | "left", Record<Way, PacketSplitter>>;
  readonly counts: Record<Way, Counts>;
  readonly events: DrawnEvent[];
  /** What the learner's hands have done, in the words of a recipe. */
  readonly steps: { readonly at: number; readonly text: string }[];
  count: number;
  isOpen: boolean;
  /** How many of the events the stories have been told. */
  told: number;
}

/** What has happened on all connections. */
export class Journal {
  readonly #packets: readonly PacketDescription[];
  readonly #stories = new Map<number, Story>();
  readonly #changed = new Set<Story>();
  #gone: number[] = [];

  /** @param packets - the lesson's packets */
  constructor(packets: readonly PacketDescription[]) {
    this.#packets = packets;
  }

  /**
   * Adds a connection.
   *
   * @param connection - the connection
   * @param hand - what may be done to it
   */
  open(connection: RelayedConnection, hand: Hand): void {
    if (this.#stories.size >= MOST_KEPT_CONNECTIONS) {
      const oldest = [...this.#stories.values()].find(({ isOpen }) => !isOpen);
      if (oldest) {
        this.#stories.delete(oldest.id);
        this.#changed.delete(oldest);
        this.#gone.push(oldest.id);
      }
    }
    const counts = (): Counts => ({
      came: 0,
      left: 0,
      thrownAway: 0,
      ended: null,
      goodbyeCame: false,
      lastHeard: 0,
    });
    const splitters = () => ({
      "to-server": this.#splitter("to-server"),
      "to-client": this.#splitter("to-client"),
    });
    const story: Story = {
      id: connection.id,
      start: performance.now(),
      connection,
      hand,
      splitters: { came: splitters(), left: splitters() },
      counts: { "to-server": counts(), "to-client": counts() },
      events: [],
      steps: [],
      count: 0,
      isOpen: true,
      told: 0,
    };
    this.#stories.set(story.id, story);
    this.#changed.add(story);
  }

  #splitter(way: Way): PacketSplitter {
    return new PacketSplitter(this.#packetOf(way));
  }

  #packetOf(way: Way): PacketDescription {
    return packetFrom(this.#packets, way === "to-server" ? "client" : "server");
  }

  /**
   * Records what happens.
   *
   * @param event - what has happened
   */
  note(event: RelayEvent): void {
    const story = this.#stories.get(event.connection);
    if (!story) return;
    this.#changed.add(story);
    const at = event.at - story.start;
    if (event.is === "came" || event.is === "left" || event.is === "thrown away") {
      const counts = story.counts[event.way];
      const size = typeof event.item === "string" ? 0 : event.item.length;
      if (event.is === "came") counts.came += size;
      else if (event.is === "left") counts.left += size;
      else counts.thrownAway += size;
      if (event.is === "left") counts.lastHeard = at;
      if (event.is === "came" && typeof event.item === "string") counts.goodbyeCame = true;
      if (event.is === "left" && typeof event.item === "string") counts.ended = event.item;
      this.#add(story, {
        at,
        is: event.is,
        way: event.way,
        size,
        ...this.#draw(story, event.is, event.way, event.item),
      });
    } else if (event.is === "closed") {
      story.isOpen = false;
      this.#add(story, { at, is: "note", text: "the connection is closed" });
    } else if (event.is === "unreachable") {
      this.#add(story, { at, is: "note", text: "the server cannot be reached" });
    }
  }

  /**
   * Records what the learner does or says.
   *
   * @param id - the connection
   * @param is - whether it is a step, in the words of a recipe, or anything else
   * @param text - the words
   */
  write(id: number, is: "step" | "note", text: string): void {
    const story = this.#stories.get(id);
    if (!story) return;
    this.#changed.add(story);
    const at = performance.now() - story.start;
    if (is === "step" && story.steps.length < MOST_EVENTS) story.steps.push({ at, text });
    this.#add(story, { at, is, text });
  }

  /**
   * The events of a connection.
   *
   * @param id - the connection
   * @returns its newest; undefined if the connection is not kept
   */
  eventsOf(id: number): readonly DrawnEvent[] | undefined {
    return this.#stories.get(id)?.events;
  }

  /**
   * Writes a recipe that does the same to each connection as was done to this one.
   *
   * @param id - the connection
   * @returns its lines; undefined if the connection is not kept
   */
  recipeOf(id: number): string | undefined {
    const story = this.#stories.get(id);
    if (!story) return undefined;
    const lines = [`# What was done to client ${id}.`];
    let last = 0;
    for (const { at, text } of story.steps) {
      const wait = Math.round(at - last);
      if (wait >= SHORTEST_WAIT) lines.push(`wait ${wait}`);
      last = at;
      lines.push(text);
    }
    return `${lines.join("\n")}\n`;
  }

  #add(story: Story, event: Omit<DrawnEvent, "number">): void {
    story.events.push({ number: ++story.count, ...event, at: Math.round(event.at) });
    if (story.events.length > MOST_EVENTS) story.events.splice(0, story.events.length - MOST_EVENTS);
  }

  #draw(story: Story, is: "came" | "left" | "thrown away", way: Way, item: Item): Partial<DrawnEvent> {
    if (typeof item === "string") return { text: item };
    if (is === "thrown away") return {};
    const pieces = story.splitters[is][way].push(item);
    const packet = this.#packetOf(way);
    const drawn = pieces.slice(0, MOST_PIECES).map((piece) => ({
      parts: drawParts(packet, piece),
      meaning: describePiece(packet, piece),
    }));
    return { pieces: drawn, more: pieces.length - drawn.length };
  }

  /** Everything that is known. */
  get whole(): News {
    const stories = [...this.#stories.values()];
    return {
      connections: stories.map((story) => this.#connectionOf(story)),
      events: Object.fromEntries(stories.map(({ id, events }) => [id, events])),
      gone: [],
    };
  }

  /**
   * What has changed since this was last asked.
   *
   * @returns the changes; undefined if there are none
   */
  takeChanges(): News | undefined {
    if (this.#changed.size === 0) return undefined;
    const stories = [...this.#changed];
    this.#changed.clear();
    const events = Object.fromEntries(
      stories.map((story) => {
        const news = story.events.filter(({ number }) => number > story.told);
        story.told = story.count;
        return [story.id, news];
      }),
    );
    const gone = this.#gone;
    this.#gone = [];
    return { connections: stories.map((story) => this.#connectionOf(story)), events, gone };
  }

  #connectionOf(story: Story): DrawnConnection {
    return {
      id: story.id,
      isOpen: story.isOpen,
      age: Math.round(performance.now() - story.start),
      ways: { "to-server": this.#wayOf(story, "to-server"), "to-client": this.#wayOf(story, "to-client") },
      dropped: story.count - story.events.length,
    };
  }

  #wayOf(story: Story, way: Way): DrawnWay {
    const { mode, delay, heldSize, heldEnd } = story.connection[way];
    const { came, left, thrownAway, ended, goodbyeCame, lastHeard } = story.counts[way];
    return {
      mode,
      delay,
      came,
      left,
      thrownAway,
      held: heldSize,
      heldEnd: heldEnd ?? null,
      bytes: this.#drawHeld(story, way),
      ended,
      endedByHand: ended !== null && !goodbyeCame && story.isOpen,
      goodbyeCame,
      lastHeard: Math.round(lastHeard),
    };
  }

  /** The held bytes, each with its field. The packet that they begin in may have begun before them. */
  #drawHeld(story: Story, way: Way): HeldByte[] {
    const held = story.connection[way].peek(MOST_HELD_DRAWN);
    const packet = this.#packetOf(way);
    const splitter = new PacketSplitter(packet);
    splitter.push(story.hand.begun(way));
    return splitter.push(held).flatMap((piece): HeldByte[] => {
      if (piece.is === "none")
        return Array.from(piece.bytes, (byte) => [hexDigits(Uint8Array.of(byte)), "", 0]);
      return fieldOfEach(packet, piece.offset, piece.bytes.length).map(({ index, begins }, nth) => [
        hexDigits(piece.bytes.subarray(nth, nth + 1)),
        FIELD_COLOURS[index % FIELD_COLOURS.length] ?? "",
        piece.offset + nth === 0 ? 2 : begins ? 1 : 0,
      ]);
    });
  }
}

/** For each byte of a packet from an offset on: the index of its field, and whether the field begins with it. */
function fieldOfEach(
  packet: PacketDescription,
  offset: number,
  count: number,
): { index: number; begins: boolean }[] {
  const fields = fieldsOf(packet);
  return Array.from({ length: count }, (_, nth) => {
    const at = offset + nth;
    const index = fields.findLastIndex((field) => field.offset <= at);
    return { index, begins: fields[index]?.offset === at };
  });
}
