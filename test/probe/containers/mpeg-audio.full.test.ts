// MPEG audio and ADTS have no magic bytes: many random recordings, none of which may be mistaken for them.
import { describe, expect, it } from "vitest";
import { probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

describe("MPEG audio and ADTS", () => {
  it("neither MPEG audio nor ADTS is found in 300 recordings of random bytes, nor in one of 20 MiB", async () => {
    for (let seed = 0; seed < 300; seed++) {
      expect(await probeBytes(randomBytes(300_000, seed))).toMatchObject({ kind: "unsupported" });
    }
    expect(await probeBytes(randomBytes(20 * 2 ** 20, 4711))).toMatchObject({ kind: "unsupported" });
  });
});
