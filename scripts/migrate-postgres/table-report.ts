// What a pass over one table counted, with examples.
import { Samples } from "../operator/samples.ts";

export class TableReport {
  /** Rows in the source. */
  sourceRows = 0;
  /** Rows that D1 cannot store. */
  rejected = new Samples();
  /** Voices that are kept, although this service would not create them: the app accepted any name. */
  irregular = new Samples();
  /** Custom voices without audio. */
  withoutAudio = new Samples();
  /** Generations whose voice is neither in the source nor in D1. */
  unlinked = new Samples();
  missing = new Samples();
  differing = new Samples();
  /** Rows that differ and have the later `updated_at` in D1: they are kept. */
  newer = new Samples();
  same = 0;
}
