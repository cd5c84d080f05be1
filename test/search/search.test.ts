// A search of voices and of generations over HTTP: what it finds, and for whom.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../src/search/fold.ts";
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { found } from "./found.ts";

describe("a search", () => {
  it("finds a part of a generation's text or voice name, and of a voice's name or description", async () => {
    const orgId = newOrg();
    const text = await givenGeneration(orgId, "ready", { text: "The QUICK brown fox" });
    const voiceName = await givenGeneration(orgId, "ready", { voiceName: "Quickly" });
    await givenGeneration(orgId, "ready", { text: "slow" });
    const name = await givenVoice(orgId, "ready", { name: "Mr. Quick" });
    const description = await givenVoice(orgId, "processing", { description: "for quicksilver" });
    await givenVoice(orgId, "ready", { name: "slow" });
    expect(await found(orgId, "generations", "quick")).toEqual([voiceName, text]);
    expect(await found(orgId, "generations", "ick br")).toEqual([text]);
    expect(await found(orgId, "generations", "k fox")).toEqual([]);
    expect(await found(orgId, "voices", "uIcK")).toEqual([description, name]);
  });

  it.each([
    ["a folded letter", "Crème Brûlée", ["brul", "CREME", "è", "é", "c", "ee"]],
    ["one and two characters of Chinese", "我们去东京", ["东", "东京", "我们去东京", "去"]],
    ["Japanese and full width", "カタカナ　ＡＢＣ", ["カ", "タカ", "ナ abc", "abc"]],
    ["Korean", "한국어 음성", ["한", "국어", "음성", "어 음"]],
    ["emoji", "smile 👩‍👧 now", ["👩‍👧", "👩", "e 👩"]],
    ["the operators of LIKE", "100%_sure", ["%", "_", "0%_s", "%_"]],
    ["quotes", `it's "quoted" \\ here`, ["'", '"', 's "q', '" \\ h', "\\"]],
    [
      "the operators of FTS5",
      "a* AND b NEAR(c) ^d -e {f}: +g",
      ["*", "a* and", "near(c)", "^d", "-e", "{f}: +g", "("],
    ],
    ["control characters", "tab\there", ["tab here", "b h"]],
  ])("finds %s, each as it is written", async (_fact, text, needles) => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId, "ready", { text, voiceName: "~" });
    await givenGeneration(orgId, "ready", { text: "zzz", voiceName: "~" });
    for (const needle of needles) expect(await found(orgId, "generations", needle), needle).toEqual([id]);
  });

  it.each([
    "AND",
    "OR NOT",
    '"',
    "NEAR(a b, 2)",
    "tokens : x",
    "x' or 1=1 --",
    "*",
    "a*",
    "%",
    "x".repeat(200),
  ])("for %j finds nothing where nothing has it, and does not fail", async (needle) => {
    const orgId = newOrg();
    await givenGeneration(orgId, "ready", { text: "Hello" });
    expect(await found(orgId, "generations", needle)).toEqual([]);
  });

  it("of nothing but white space is a list without a search, and of nothing but marks finds nothing", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    for (const [needle, items] of [
      ["", [{ id }]],
      ["  ", [{ id }]],
      ["\u0301", []],
      ["\u200b", []],
    ] as const) {
      const response = await call(`/api/generations?search=${encodeURIComponent(needle)}`, { as: orgId });
      expect(await response.json()).toMatchObject({ items, nextCursor: null });
    }
  });

  it("finds the same as a comparison of every row, for random texts, needles and pages", async () => {
    const orgId = newOrg();
    const word = fc.constantFrom(
      "the",
      "then",
      "hen",
      "Été",
      "ete",
      "été",
      "straße",
      "STRASSE",
      "東京",
      "京都",
      "都",
      "が",
      "か",
      "한국",
      "%",
      "_",
      "'",
      "100%",
      "a b",
      "é",
    );
    const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(" "));
    const [texts] = fc.sample(fc.array(text, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 14 });
    const rows: { id: string; text: string }[] = [];
    for (const each of texts ?? [])
      rows.push({ id: await givenGeneration(orgId, "ready", { text: each, voiceName: "~" }), text: each });
    await runCron();
    const needles = fc.sample(
      fc.record({
        text,
        from: fc.nat(20),
        length: fc.integer({ min: 1, max: 9 }),
        limit: fc.integer({ min: 4, max: 30 }),
      }),
      { numRuns: 30, seed: 15 },
    );
    for (const { text: whole, from, length, limit } of needles) {
      const needle =
        Array.from(whole)
          .slice(from % whole.length)
          .slice(0, length)
          .join("")
          .trim() || whole;
      const expected = rows.filter((row) => foldText(row.text).includes(foldText(needle).trim()));
      expect(await found(orgId, "generations", needle, { limit: String(limit) }), needle).toEqual(
        expected.map(({ id }) => id).toReversed(),
      );
    }
  });

  it("reads the first 1,000 characters of a text, which are those that lists show", async () => {
    const orgId = newOrg();
    const text = `${"東".repeat(993)} inside outside`;
    const id = await givenGeneration(orgId, "ready", { text });
    expect(await found(orgId, "generations", "inside")).toEqual([id]);
    expect(await found(orgId, "generations", "outside")).toEqual([]);
    expect(await found(orgId, "generations", "東".repeat(50))).toEqual([id]);
  });
});

describe("what belongs to others", () => {
  it("is not found, also when the index names it", async () => {
    const [orgId, other] = [newOrg(), newOrg()];
    const text = `secret of ${other}`;
    const id = await givenGeneration(other, "ready", { text });
    const voice = await givenVoice(other, "ready", { name: text });
    await givenGeneration(orgId, "ready", { text: "~", voiceName: "~" });
    await givenVoice(orgId, "ready", { name: "~" });
    expect(await found(other, "generations", text)).toEqual([id]);
    expect(await found(other, "voices", text)).toEqual([voice]);
    for (const needle of [text, "secret", "s", other]) {
      expect(await found(orgId, "generations", needle)).toEqual([]);
      expect(await found(orgId, "voices", needle)).toEqual([]);
    }
    // The index is wrong: the other organisation's documents are in this one's scopes.
    await env.SEARCH_DB.batch([
      env.SEARCH_DB.prepare("update scopes set org_id = 'moved' where org_id = ?").bind(orgId),
      env.SEARCH_DB.prepare("update scopes set org_id = ? where org_id = ?").bind(orgId, other),
    ]);
    expect(await found(orgId, "generations", text)).toEqual([]);
    expect(await found(orgId, "voices", text)).toEqual([]);
  });
});
