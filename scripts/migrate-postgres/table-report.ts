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
  /** Rows of the source that are missing in D1 because they were deleted there: they are not added again. */
  deletedInD1 = new Samples();
  /** Rows in D1 that the former run's files have and the source has not: they were deleted in the app. */
  deletedInSource = new Samples();
  /** The same, but kept in any case: system voices, and rows that were changed in D1 since. */
  keptInD1 = new Samples();
}
