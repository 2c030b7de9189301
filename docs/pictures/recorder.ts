/**
 * Writes down what a server and its clients say to each other. It listens in at a relay between them.
 *
 * @module
 */

import { type PacketDescription, PacketSplitter, packetFrom } from "../../src/packets.ts";
import { Relay, type RelayEvent, type Way } from "../../src/relay.ts";
import type { Event, Side } from "./conversation.ts";

/** Parts of a packet that come within this time were sent together, and the network cut them, in milliseconds. */
const TOGETHER = 50;
/** Packets that follow each other faster than this are a burst, in milliseconds; a burst of more than so many is drawn as one. */
const BURST = 1000;
const MOST_DRAWN = 24;

type BytesEvent = Event & { is: "bytes" };

/** Written anew for each packet of a burst. */
type Burst = { -readonly [Key in keyof (Event & { is: "many" })]: (Event & { is: "many" })[Key] };

/** Stands between a server and its clients. */
export class Recorder {
  readonly #packets: readonly PacketDescription[];
  readonly #events: Event[] = [];
  readonly #waiting = new Set<() => void>();
  /** The burst that goes on, if it is too long to be drawn: how many went which way. They are among the events already. */
  #burst: Map<string, Burst> | undefined;
  /** The first event of a burst, and when the last was. */
  #first = 0;
  #last = Number.NEGATIVE_INFINITY;
  #start: number | undefined;
  readonly #cutters = new Map<string, Cutter>();
  #relay: Relay | undefined;

  private constructor(packets: readonly PacketDescription[]) {
    this.#packets = packets;
  }

  /**
   * Begins to listen.
   *
   * @param to - the port of the server
   * @param packets - the packets of its lesson
   * @returns the recorder
   */
  static async listen(to: number, packets: readonly PacketDescription[]): Promise<Recorder> {
    const recorder = new Recorder(packets);
    recorder.#relay = await Relay.listen({
      port: 0,
      to: { host: "127.0.0.1", port: to },
      watch: (event) => recorder.#notice(event),
    });
    return recorder;
  }

  /** Where clients connect to. */
  get port(): number {
    return this.#relay?.port ?? 0;
  }

  /** What has happened. */
  get events(): readonly Event[] {
    return this.#events;
  }

  /** Waits until something of this kind has happened so many times. */
  async until(isIt: (event: Event) => boolean, times = 1): Promise<void> {
    while (this.#events.filter(isIt).length < times) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      this.#waiting.clear();
    }
  }

  /** Writes down what one side says of a client. */
  note(client: number, from: Side, text: string): void {
    this.#add({ at: this.#now(), client, is: "note", from, text });
  }

  /**
   * Plays a client that does not read, or reads again.
   *
   * @param client - which; what the server sends it stays where it is, in the buffers of the system and of the server
   * @param reads - whether it does
   */
  reads(client: number, reads: boolean): void {
    const connection = this.#relay?.connections.get(client);
    if (!connection) throw new RangeError(`client ${client} has not connected`);
    connection["to-client"].setMode(reads ? "pass" : "stop reading");
    this.note(client, "client", reads ? "reads again" : "does not read");
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#relay?.close();
  }

  #now(): number {
    this.#start ??= performance.now();
    return Math.round(performance.now() - this.#start);
  }

  #add(event: Event, isPart = false): void {
    const isNext = event.is === "bytes" && event.at - this.#last < BURST;
    this.#last = event.is === "bytes" ? event.at : Number.NEGATIVE_INFINITY;
    if (!isNext) this.#burst = undefined;
    if (!this.#burst) this.#events.push(event);
    else if (!isPart) this.#count(this.#burst, event as BytesEvent);
    if (!isNext) this.#first = this.#events.length - 1;
    // Too many to draw each: from now on they are only counted.
    if (!this.#burst && this.#events.length - this.#first > MOST_DRAWN) {
      this.#burst = new Map();
      for (const early of this.#events.splice(this.#first)) this.#count(this.#burst, early as BytesEvent);
    }
    for (const wake of this.#waiting) wake();
  }

  #count(burst: Map<string, Burst>, { at, client, from, hex }: BytesEvent): void {
    let way = burst.get(`${client} ${from}`);
    if (!way) {
      way = { at, client, is: "many", from, until: at, packets: 0, bytes: 0, hex };
      burst.set(`${client} ${from}`, way);
      this.#events.push(way);
    }
    way.until = at;
    way.packets++;
    way.bytes += hex.length / 2;
    way.hex = hex;
  }

  #notice(event: RelayEvent): void {
    const client = event.connection;
    if (event.is === "connected") this.#add({ at: this.#now(), client, is: "connect" });
    if (event.is !== "came") return;
    const from: Side = event.way === "to-server" ? "client" : "server";
    const cutter = this.#cutter(client, event.way, from);
    if (typeof event.item !== "string") {
      cutter.push(event.item);
      return;
    }
    cutter.flush();
    this.#add({ at: this.#now(), client, is: event.item === "FIN" ? "end" : "reset", from });
  }

  #cutter(client: number, way: Way, from: Side): Cutter {
    const key = `${client} ${way}`;
    let cutter = this.#cutters.get(key);
    if (!cutter) {
      const splitter = new PacketSplitter(packetFrom(this.#packets, from));
      const tell = (at: number, hex: string, isPart: boolean) =>
        this.#add({ at, client, is: "bytes", from, hex }, isPart);
      cutter = new Cutter(splitter, () => this.#now(), tell);
      this.#cutters.set(key, cutter);
    }
    return cutter;
  }
}

/** Cuts a stream into packets. Parts of a packet that come together are one. */
class Cutter {
  readonly #splitter: PacketSplitter;
  readonly #now: () => number;
  readonly #tell: (at: number, hex: string, isPart: boolean) => void;
  #part: { at: number; hex: string } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    splitter: PacketSplitter,
    now: () => number,
    tell: (at: number, hex: string, isPart: boolean) => void,
  ) {
    this.#splitter = splitter;
    this.#now = now;
    this.#tell = tell;
  }

  push(chunk: Uint8Array): void {
    for (const { bytes, is } of this.#splitter.push(chunk)) {
      const hex = (this.#part?.hex ?? "") + Buffer.from(bytes).toString("hex").toUpperCase();
      this.#part = { at: this.#part?.at ?? this.#now(), hex };
      if (is !== "part") this.flush(false);
    }
    clearTimeout(this.#timer);
    if (this.#part) this.#timer = setTimeout(() => this.flush(), TOGETHER);
  }

  flush(isPart = true): void {
    clearTimeout(this.#timer);
    if (this.#part) this.#tell(this.#part.at, this.#part.hex, isPart);
    this.#part = undefined;
  }
}
