/** Room for one number of 64 bits, in which floats and bigints are taken apart and put together. */

const float64 = new Float64Array(1);
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Views of the same 8 bytes, and what depends on the machine's own byte order. Files that use them often copy them
 * into constants of their own, because some engines look up an import each time it is used.
 */
export const scratch = {
  float64,
  float32: new Float32Array(float64.buffer),
  words: new Uint32Array(float64.buffer),
  // For bigints a DataView is faster than a BigInt64Array, which Bun does not optimise.
  view: new DataView(float64.buffer),
  LITTLE_ENDIAN,
  /** Which of the two words is the less significant one. */
  LOW: LITTLE_ENDIAN ? 0 : 1,
  HIGH: LITTLE_ENDIAN ? 1 : 0,
};
