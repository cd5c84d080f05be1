// The input of a voice: name, description, category and language.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVisible, keepsTextDirection } from "../../src/platform/visible-text.ts";
import { voiceInput } from "../../src/voice-creation/schema.ts";
import { voiceListQuery } from "../../src/voices/schema.ts";
import appLanguageTags from "../fixtures/app-language-tags.json" with { type: "json" };

const valid = { name: "A", category: "GENERAL", language: "en-US" };

describe("voiceInput", () => {
  it.each([
    "en",
    "en-US",
    "es-419",
    "zh-Hant-TW",
    "zh-yue",
    "sgn-BE-FR",
    "de-DE-1996",
    "x-klingon",
    "i-klingon",
    "ca-ES-valencia",
    "EN-us",
  ])("accepts the language %s", (language) =>
    expect(voiceInput.safeParse({ ...valid, language }).success).toBe(true),
  );

  it.each([
    "",
    "e",
    "-",
    "_en",
    "-en",
    "english language",
    "12",
    "en--US",
    "en-US--",
    "en-US-_",
    "toolonglanguage",
    "\u212ao",
    `x-${"a-".repeat(60)}a`,
  ])("rejects the language %j", (language) =>
    expect(voiceInput.safeParse({ ...valid, language }).success).toBe(false),
  );

  // The tags of locale-codes 1.3.1 (MIT) that the app offers: those with a hyphen and a name.
  it("accepts every language of the app's list, unchanged but for the four that are not well formed", () => {
    const stored = appLanguageTags.map((language) => [
      language,
      voiceInput.parse({ ...valid, language }).language,
    ]);
    expect(stored).toHaveLength(599);
    expect(stored.filter(([language, tag]) => language !== tag)).toEqual([
      ["tzm-Latn-", "tzm-Latn"],
      ["ccp-Cakm-", "ccp-Cakm"],
      ["es-ES_tradnl", "es-ES-tradnl"],
      ["ca-ES-", "ca-ES"],
    ]);
  });

  it("parses a language to the tag that a list filters by", () => {
    for (const language of [...appLanguageTags, "en_US", "en-", "EN_us_"]) {
      expect(voiceListQuery.parse({ language }).language).toBe(
        voiceInput.parse({ ...valid, language }).language,
      );
    }
  });

  it.each([
    [undefined, undefined],
    [null, null],
    ["", null],
    ["  ", null],
    [" warm ", "warm"],
  ])("parses the description %j as %j", (description, expected) => {
    expect(voiceInput.parse({ ...valid, description }).description).toBe(expected);
  });

  it.each([
    ["name", "a\0b"],
    ["name", "a\nb"],
    ["name", "\u001b[31m"],
    ["name", "n".repeat(201)],
    ["name", "\u200b\u3164\u2800"],
    ["name", "Ann\u202egpj.exe"],
    ["description", "a\0b"],
    ["description", "warm\u2067"],
    ["description", "d".repeat(2001)],
  ])("rejects the %s %j", (field, value) => {
    expect(voiceInput.safeParse({ ...valid, [field]: value }).success).toBe(false);
  });

  it("accepts a description of several lines, and any script", () => {
    const description = "Erste Zeile\n\tzweite 行 🎙️";
    expect(voiceInput.parse({ ...valid, name: "Ünïcödé 声", description }).description).toBe(description);
  });

  it("accepts a name exactly when it is visible, keeps the text's direction, is one line and is short enough", () => {
    const special = fc.constantFrom(
      "\u200b",
      "\u3164",
      "\u2800",
      "\u202e",
      "\u2069",
      "\u200d",
      "\u200f",
      "\n",
      " ",
    );
    const text = fc.string({
      unit: fc.oneof(special, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
    });
    fc.assert(
      fc.property(text, (name) => {
        const trimmed = name.trim();
        const isAllowed =
          isVisible(trimmed) &&
          keepsTextDirection(trimmed) &&
          !/\p{Cc}/u.test(trimmed) &&
          trimmed.length <= 200;
        const { data } = voiceInput.safeParse({ ...valid, name });
        expect(data?.name).toBe(isAllowed ? trimmed : undefined);
      }),
    );
  });

  it("has one issue for a name that shows nothing", () => {
    expect(voiceInput.safeParse({ ...valid, name: "\u2800" }).error?.issues).toMatchObject([
      { path: ["name"], message: "Voice name must contain a visible character" },
    ]);
  });

  it("trims the name", () => expect(voiceInput.parse({ ...valid, name: " A b " }).name).toBe("A b"));
});
