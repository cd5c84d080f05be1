// The names of codecs by their format tags, which four tables use.
import { expect, it } from "vitest";
import { FORMAT_TAG_CODECS, PACKET_CODECS } from "../../analysis/src/claimed-codecs.ts";
import { FORMAT_TAG_NAMES } from "../../src/probe/codecs/format-tags.ts";

it.each(
  Object.entries({ ...FORMAT_TAG_CODECS, ...PACKET_CODECS }).map(
    ([tag, { codec }]) => [Number(tag), codec] as const,
  ),
)("format tag %i has the name in a claim that the probe gives it: %s", (tag, codec) => {
  expect(FORMAT_TAG_NAMES.get(tag)).toBe(codec);
});

it("no format tag is in both tables of claims, of which one is for packets alone", () => {
  const tags = [FORMAT_TAG_CODECS, PACKET_CODECS].flatMap((table) => Object.keys(table));
  expect(new Set(tags).size).toBe(tags.length);
});
