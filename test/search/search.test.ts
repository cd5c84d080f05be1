// A search of voices and of generations over HTTP: what it finds, in which order, and for whom.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../src/search/fold.ts";
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { found, givenGenerations } from "./found.ts";

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

describe("the order of a search", () => {
  it("is the newest first, the organisation's own voices before the system voices", async () => {
    const orgId = newOrg();
    const word = orgId.slice(4);
    const given = async (owner: string | null, name: string) =>
      givenVoice(owner, "ready", { name: `${name} ${word}` });
    const [system1, own1] = [await given(null, "z"), await given(orgId, "b")];
    const [system2, own2] = [await given(null, "a"), await given(orgId, "c")];
    const all = [own2, own1, system2, system1];
    for (const limit of ["1", "2", "3", "4", "50"]) {
      expect(await found(orgId, "voices", word, { limit })).toEqual(all);
      expect(await found(orgId, "voices", word, { limit, sort: "-createdAt" })).toEqual(all);
    }
    expect(await found(orgId, "voices", word, { variant: "CUSTOM", limit: "1" })).toEqual([own2, own1]);
    expect(await found(orgId, "voices", word, { variant: "SYSTEM", limit: "1" })).toEqual([system2, system1]);
    expect(await found(newOrg(), "voices", word)).toEqual([system2, system1]);
  });

  it("is kept by a change of a voice", async () => {
    const orgId = newOrg();
    const [older, newer] = [
      await givenVoice(orgId, "ready", { name: "older" }),
      await givenVoice(orgId, "ready", { name: "newer" }),
    ];
    await call(`/api/voices/${older}`, {
      ...{ as: orgId, method: "PATCH", body: '{"name":"renamed"}' },
      headers: { "Content-Type": "application/json" },
    });
    expect(await found(orgId, "voices", "e", { variant: "CUSTOM" })).toEqual([newer, older]);
  });

  it("by name is 400, and so is a cursor of a list, or a search's cursor in a list", async () => {
    const orgId = newOrg();
    for (let count = 0; count < 3; count += 1) await givenVoice(orgId, "ready", { name: "Same" });
    const ask = async (query: Record<string, string>) => {
      const response = await call(`/api/voices?${new URLSearchParams({ limit: "1", ...query })}`, {
        as: orgId,
      });
      return {
        status: response.status,
        body: (await response.json()) as { nextCursor: string; issues: unknown },
      };
    };
    expect(await ask({ search: "a", sort: "name" })).toMatchObject({
      status: 400,
      body: { issues: [{ path: ["sort"], message: "sort must be -createdAt, or absent, with search" }] },
    });
    const wrongCursor = { status: 400, body: { issues: [{ path: ["cursor"] }] } };
    const ofList = (await ask({})).body.nextCursor;
    const ofSearch = (await ask({ search: "same" })).body.nextCursor;
    expect(await ask({ search: "same", cursor: ofList })).toMatchObject(wrongCursor);
    expect(await ask({ cursor: ofSearch })).toMatchObject(wrongCursor);
    // Of generations, and of an organisation that has not one.
    const response = await call(`/api/generations?search=a&cursor=${ofSearch}`, { as: orgId });
    expect(response.status).toBe(400);
  });
});

describe("the filters of a search", () => {
  it("are those of the list", async () => {
    const orgId = newOrg();
    const name = "Same";
    const [podcast, german] = [
      await givenVoice(orgId, "ready", { name, category: "PODCAST", language: "en-US" }),
      await givenVoice(orgId, "ready", { name, category: "GENERAL", language: "de-DE" }),
    ];
    expect(await found(orgId, "voices", "same", { category: "PODCAST" })).toEqual([podcast]);
    expect(await found(orgId, "voices", "same", { language: "de" })).toEqual([german]);
    expect(await found(orgId, "voices", "same", { language: "de", category: "PODCAST" })).toEqual([]);
    const [ready, processing, failed] = [
      await givenGeneration(orgId, "ready"),
      await givenGeneration(orgId, "processing"),
      await givenGeneration(orgId, "processing", { failedAt: new Date() }),
    ];
    for (const [state, id] of Object.entries({ ready, processing, failed })) {
      expect(await found(orgId, "generations", "hello", { state })).toEqual([id]);
    }
  });

  it("leave a page short, with a cursor, when what they exclude is more than a request reads", async () => {
    const orgId = newOrg();
    const first = await givenGeneration(orgId, "processing");
    await givenGenerations(orgId, 350, "Hello");
    await runCron();
    const path = "/api/generations?search=hello&state=processing";
    const page = await (await call(path, { as: orgId })).json();
    expect(page).toMatchObject({ items: [], nextCursor: expect.any(String) });
    expect(await found(orgId, "generations", "hello", { state: "processing" })).toEqual([first]);
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
