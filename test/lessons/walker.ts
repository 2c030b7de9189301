import { Peer } from "./harness.ts";
import { NOWHERE, type Position, place, positionsIn, readPosition } from "./packets.ts";

/** A client as a person would write it: it knows who it is, and who is where. */
export class Walker {
  readonly peer: Peer;
  readonly self: number;
  /** Everything that it heard, in order; the first is its own place. */
  readonly heard: Position[] = [];
  /** Where everyone is that it knows of. */
  readonly map = new Map<number, string>();

  private constructor(peer: Peer, first: Position) {
    this.peer = peer;
    this.self = first.id;
    this.#hear(first);
  }

  static async join(server: { readonly port: number }): Promise<Walker> {
    const peer = await Peer.connect(server.port);
    return new Walker(peer, await readPosition(peer));
  }

  #hear(position: Position): void {
    this.heard.push(position);
    const { id, x, y } = position;
    if (x === NOWHERE && y === NOWHERE) this.map.delete(id);
    else this.map.set(id, `${x} ${y}`);
  }

  /** Reads until it has heard that someone is somewhere. */
  async hears(id: number, x: number, y: number): Promise<void> {
    for (;;) {
      const position = await this.#next();
      if (position.id === id && position.x === x && position.y === y) return;
    }
  }

  /** Reads until what it knows of the room is as it should be. */
  async knows(isSo: (map: ReadonlyMap<number, string>) => boolean): Promise<void> {
    while (!isSo(this.map)) await this.#next();
  }

  async #next(): Promise<Position> {
    const position = await readPosition(this.peer);
    this.#hear(position);
    return position;
  }

  /** Moves often, and reads what it is told until it has heard of the last of these moves; most of it is not kept. */
  async movesOften(moves: readonly (readonly [x: number, y: number])[]): Promise<void> {
    this.peer.send(Buffer.concat(moves.map(([x, y]) => place(x, y))));
    const [x, y] = moves.at(-1) ?? [0, 0];
    const bytes = await this.peer.read(8 * moves.length);
    const [last] = positionsIn(bytes.subarray(-8));
    if (last?.id !== this.self || last.x !== x || last.y !== y) await this.hears(this.self, x, y);
  }

  /** Moves, and reads until it has heard that itself. */
  async moves(x: number, y: number): Promise<void> {
    this.peer.send(place(x, y));
    await this.hears(this.self, x, y);
  }

  /** What it heard of one client, in order. */
  of(id: number): string[] {
    return this.heard.filter((position) => position.id === id).map(({ x, y }) => `${x} ${y}`);
  }
}
