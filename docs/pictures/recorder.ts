/**
 * Writes down what a server and its clients say to each other: it stands between them, and hands on every byte.
 *
 * ```text
 *   client ⇄ recorder ⇄ server
 * ```
 *
 * It hands on a goodbye and a reset as what they are, and reads no faster than the other side does: neither can tell that it is
 * there.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type PacketDescription, PacketSplitter, packetFrom } from "../../src/packets.ts";
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
  readonly #server: Server;
  readonly #to: number;
  readonly #packets: readonly PacketDescription[];
  readonly #events: Event[] = [];
  readonly #waiting = new Set<() => void>();
  /** The burst that goes on, if it is too long to be drawn: how many went which way. They are among the events already. */
  #burst: Map<string, Burst> | undefined;
  /** The first event of a burst, and when the last was. */
  #first = 0;
  #last = Number.NEGATIVE_INFINITY;
  #start: number | undefined;
  /** The connections to the server, a client's each; and those of them that are not read. */
  readonly #upstreams: Socket[] = [];
  readonly #deaf = new Set<Socket>();

  private constructor(to: number, packets: readonly PacketDescription[]) {
    this.#to = to;
    this.#packets = packets;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#join(socket));
  }

  /**
   * Begins to listen.
   *
   * @param to - the port of the server
   * @param packets - the packets of its lesson
   * @returns the recorder
   */
  static async listen(to: number, packets: readonly PacketDescription[]): Promise<Recorder> {
    const recorder = new Recorder(to, packets);
    recorder.#server.listen(0, "127.0.0.1");
    await once(recorder.#server, "listening");
    return recorder;
  }

  /** Where clients connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
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
    const upstream = this.#upstreams[client - 1];
    if (!upstream) throw new RangeError(`client ${client} has not connected`);
    if (reads) this.#deaf.delete(upstream.resume());
    else this.#deaf.add(upstream.pause());
    this.note(client, "client", reads ? "reads again" : "does not read");
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#server.close();
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
      way = { at, client, is: "many", from, packets: 0, bytes: 0, hex };
      burst.set(`${client} ${from}`, way);
      this.#events.push(way);
    }
    way.packets++;
    way.bytes += hex.length / 2;
    way.hex = hex;
  }

  #join(socket: Socket): void {
    const upstream = connect({ port: this.#to, host: "127.0.0.1", allowHalfOpen: true });
    const client = this.#upstreams.push(upstream);
    this.#add({ at: this.#now(), client, is: "connect" });
    this.#handOn(socket, upstream, client, "client");
    this.#handOn(upstream, socket, client, "server");
  }

  #handOn(source: Socket, target: Socket, client: number, from: Side): void {
    const splitter = new PacketSplitter(packetFrom(this.#packets, from));
    let part: { at: number; hex: string } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const flush = (isPart = true) => {
      clearTimeout(timer);
      if (part) this.#add({ client, is: "bytes", from, ...part }, isPart);
      part = undefined;
    };
    source.on("data", (chunk: Buffer) => {
      for (const { bytes, is } of splitter.push(chunk)) {
        const hex = (part?.hex ?? "") + Buffer.from(bytes).toString("hex").toUpperCase();
        part = { at: part?.at ?? this.#now(), hex };
        if (is !== "part") flush(false);
      }
      clearTimeout(timer);
      if (part) timer = setTimeout(flush, TOGETHER);
      if (target.write(chunk)) return;
      source.pause();
      target.once("drain", () => this.#deaf.has(source) || source.resume());
    });
    source.on("end", () => {
      flush();
      this.#add({ at: this.#now(), client, is: "end", from });
      target.end();
    });
    source.on("error", () => {
      flush();
      this.#add({ at: this.#now(), client, is: "reset", from });
      target.resetAndDestroy();
    });
  }
}
