// The Content-Type that a voice is served with.
import { expect, it } from "vitest";
import { servedTypeOf } from "../../src/playback/served-type.ts";

it.each([
  ["audio/ogg", "audio/mpeg", "audio/ogg"],
  ["audio/flac", undefined, "audio/flac"],
  [null, "audio/x-m4a; codecs=mp4a", "audio/mp4"],
  [null, "AUDIO/MP3", "audio/mpeg"],
  [null, "audio/x-wav", "audio/wav"],
  [null, "text/html", "audio/wav"],
  [null, "image/svg+xml", "audio/wav"],
  [null, "audio/x-unknown", "audio/wav"],
  [null, "", "audio/wav"],
  [null, undefined, "audio/wav"],
])("a voice probed as %j and stored as %j is served as %s", (probed, stored, served) => {
  expect(servedTypeOf(probed, stored)).toBe(served);
});
