/**
 * The two buffers of a `Connection`: bytes received but not yet read, and bytes written but not
 * yet sent. Neither has a limit of its own; the connection keeps both small.
 *
 * @module
 */

const NO_BYTES = new Uint8Array(0);

/** Bytes received but not yet read. */
export class ReceiveBuffer {
  // The unread bytes are those from #start to #end. The array may have room after them.
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;

  /** How many bytes are unread. */
  get size(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds a chunk after the unread bytes.
   *
   * @param chunk - kept without a copy if nothing is unread, so it must not change afterwards
   */
  push(chunk: Uint8Array): void {
    if (this.size === 0) {
      this.#bytes = chunk;
      this.#end = chunk.length;
      return;
    }
    if (this.#end + chunk.length > this.#bytes.length) this.#grow(2 * (this.size + chunk.length));
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Returns the next `count` bytes, without a copy, and leaves them unread. At least that many must be there. */
  peek(count: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#start, count);
  }

  /** Returns the next `count` bytes, without a copy. At least that many must be there. */
  take(count: number): Uint8Array {
    const bytes = this.peek(count);
    this.#start += count;
    // Let go of the chunk: now only the caller keeps it, for as long as necessary.
    if (this.#start === this.#end) this.clear();
    return bytes;
  }

  /** Moves the unread bytes to an array of their own, so that the chunk they came in can be freed. */
  compact(): void {
    if (this.#start > 0) this.#grow(this.size);
  }

  /** Forgets the unread bytes. */
  clear(): void {
    this.#bytes = NO_BYTES;
    this.#start = 0;
    this.#end = 0;
  }

  /** Moves the unread bytes to the start of a new array. It never moves them in place: the caller has views of it. */
  #grow(room: number): void {
    const bytes = new Uint8Array(room);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end = this.size;
    this.#start = 0;
    this.#bytes = bytes;
  }
}

/** Bytes written but not yet sent. */
export class SendBuffer {
  #bytes: Uint8Array = NO_BYTES;
  #size = 0;

  /** How many bytes are unsent. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds bytes.
   *
   * @param bytes - copied, so that the caller may use the array again
   */
  push(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#bytes.length) {
      // The array doubles in size, so that a hundred small answers are not copied a hundred times.
      const room = Buffer.allocUnsafe(2 * size);
      room.set(this.#bytes);
      this.#bytes = room;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
  }

  /** Returns all the bytes and is empty afterwards. */
  takeAll(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#size);
    this.#bytes = NO_BYTES;
    this.#size = 0;
    return bytes;
  }
}
