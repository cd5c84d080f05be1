// A search of voices and of generations over HTTP: in which order it finds them, by which filters, and its cursors.
import { describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { found, givenGenerations } from "./found.ts";

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
