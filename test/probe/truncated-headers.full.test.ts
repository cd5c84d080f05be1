// Headers with one field set to zero, truncated after it at every length: a claimed length that is too small must not
// lead a parser past the bytes that it has read.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES_FOLDER } from "../../scripts/recording-fixtures/catalogue.ts";
import { RECORDED_FIXTURE_FILES, readSharedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

const SHARED_FIXTURES = ["wav", "mp3", "m4a", "ogg", "flac", "webm", "mka", "aiff", "wma", "wv"];
const HEADER_BYTES = 700;
const FIELD_BYTES = 4;
const TRUNCATED_WITHIN_BYTES = 128;

/** Probes `bytes` with a field of zeros at every `step`th offset, truncated at every length after it. */
async function expectResults(bytes: Uint8Array<ArrayBuffer>, step: number): Promise<void> {
  for (let at = 0; at < HEADER_BYTES; at += step) {
    const damaged = bytes.slice(0, at + TRUNCATED_WITHIN_BYTES);
    damaged.fill(0, at, at + FIELD_BYTES);
    for (let length = at + FIELD_BYTES; length < damaged.length; length += 1) {
      const context = `zero at ${at}, truncated at ${length}`;
      await expect(probeBytes(damaged.slice(0, length)), context).resolves.toHaveProperty("kind");
    }
  }
}

describe("a recording with a field set to zero, truncated after it, never causes an exception", () => {
  it.each(SHARED_FIXTURES)("speech.%s", (extension) =>
    expectResults(readSharedFixture(`speech.${extension}`), 2),
  );

  it.each(RECORDED_FIXTURE_FILES)("%s", (file) =>
    expectResults(new Uint8Array(readFileSync(join(FIXTURES_FOLDER, file))), 8),
  );
});
