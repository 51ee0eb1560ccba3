/**
 * What one field takes in a table: its tag, where its value starts, where it ends (the SOH's
 * place), all in bytes of the frame's slab.
 */
export const FIELD_WIDTH = 3;

const SLAB_INTS = 8_192;

/**
 * Where the scanner writes the offsets of a frame's fields. Finished frames keep their part of a
 * slab, so nothing is copied and nothing is allocated for most messages; a slab is never written
 * twice, and is free when no message refers to it.
 */
export class FieldTableWriter {
  slab = new Int32Array(SLAB_INTS);
  /** Where the next frame's table begins. */
  base = 0;

  /**
   * Makes room for a table of `fields` in all when the one at `base` has outgrown the slab; keeps
   * what was written.
   */
  grow(written: number): void {
    const ints = Math.max(SLAB_INTS, written * 2 * FIELD_WIDTH);
    const slab = new Int32Array(ints);
    slab.set(this.slab.subarray(this.base, this.base + written * FIELD_WIDTH));
    this.slab = slab;
    this.base = 0;
  }

  /** The table at `base` belongs to a message now. */
  keep(fields: number): void {
    this.base += fields * FIELD_WIDTH;
  }
}
