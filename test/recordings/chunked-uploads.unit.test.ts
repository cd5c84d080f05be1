// The slots of uploads without a declared size: an isolate has 60 MiB for them, and nobody can take them all.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { acquireChunkedUploadSlot, type Uploader } from "../../src/recordings/chunked-uploads.ts";

const MINUTE_MS = 60_000;
const INGEST: Uploader = { pool: "ingest" };
const memberOf = (orgId: string): Uploader => ({ pool: "creation", orgId });

let isolate: object;

/** How many of `uploaders` get a slot, one after the other. */
const accepted = (uploaders: Uploader[]) =>
  uploaders.filter((uploader) => acquireChunkedUploadSlot(isolate, uploader)).length;

const times = (count: number, uploader: Uploader) => Array<Uploader>(count).fill(uploader);
const organisations = (count: number) =>
  Array.from({ length: count }, (_, index) => memberOf(`org_${index}`));

beforeEach(() => {
  vi.useFakeTimers();
  isolate = {};
});

afterEach(() => {
  vi.useRealTimers();
});

describe("an upload without a declared size", () => {
  it("gets one of two slots of its organisation, which leaves six to others", () => {
    expect(accepted(times(8, memberOf("org_greedy")))).toBe(2);
    expect(accepted(organisations(20))).toBe(6);
  });

  it("of the ingest gets one of four slots that creations cannot take, and takes none of theirs", () => {
    expect(accepted(organisations(20))).toBe(8);
    expect(accepted(times(20, INGEST))).toBe(4);
    isolate = {};
    expect(accepted(times(20, INGEST))).toBe(4);
    expect(accepted(organisations(20))).toBe(8);
  });

  it("frees its slot when it ends, once", () => {
    const release = acquireChunkedUploadSlot(isolate, memberOf("org_a"));
    expect(accepted(times(2, memberOf("org_a")))).toBe(1);
    release?.();
    release?.();
    expect(accepted(times(2, memberOf("org_a")))).toBe(1);
  });

  it("that the platform ended without freeing its slot blocks it for 15 minutes, and not longer", () => {
    expect(accepted(times(4, INGEST))).toBe(4);
    vi.advanceTimersByTime(15 * MINUTE_MS);
    expect(accepted([INGEST])).toBe(0);
    vi.advanceTimersByTime(1);
    expect(accepted(times(5, INGEST))).toBe(4);
  });

  it("takes no slot of another isolate", () => {
    expect(accepted(times(2, memberOf("org_a")))).toBe(2);
    isolate = {};
    expect(accepted(times(2, memberOf("org_a")))).toBe(2);
  });
});
