// The input of a voice: name, description, category and language.
import { describe, expect, it } from "vitest";
import { voiceInput } from "../../src/voice-creation/schema.ts";

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
    "en_US",
    "en-",
    "-en",
    "english language",
    "12",
    "en-US-",
    "en--US",
    "toolonglanguage",
    "\u212ao",
    `x-${"a-".repeat(60)}a`,
  ])("rejects the language %j", (language) =>
    expect(voiceInput.safeParse({ ...valid, language }).success).toBe(false),
  );

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
    ["description", "a\0b"],
    ["description", "d".repeat(2001)],
  ])("rejects the %s %j", (field, value) => {
    expect(voiceInput.safeParse({ ...valid, [field]: value }).success).toBe(false);
  });

  it("accepts a description of several lines, and any script", () => {
    const description = "Erste Zeile\n\tzweite 行 🎙️";
    expect(voiceInput.parse({ ...valid, name: "Ünïcödé 声", description }).description).toBe(description);
  });

  it("trims the name", () => expect(voiceInput.parse({ ...valid, name: " A b " }).name).toBe("A b"));
});
