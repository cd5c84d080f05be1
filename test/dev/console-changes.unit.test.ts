// Which changes the console takes for its own, so that it does not tell of them as made elsewhere.
import { afterEach, expect, it, vi } from "vitest";
import { callApi, takeOwnChange } from "../../dev/console/api.ts";

const answerWith = (...statuses: number[]) => {
  const answers = statuses.values();
  vi.stubGlobal("fetch", async () => new Response(null, { status: answers.next().value ?? 0 }));
};

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  ["DELETE", "/api/voices/voice_a", "voice.deleted voice_a"],
  ["PATCH", "/api/voices/voice_a", "voice.updated voice_a"],
  ["DELETE", "/api/generations/gen_a", "generation.deleted gen_a"],
])("a successful %s of %s is a change of this page, once", async (method, path, change) => {
  const [type = "", id = ""] = change.split(" ");
  answerWith(204);
  await callApi(path, { method });
  expect([takeOwnChange(type, id), takeOwnChange(type, id)]).toEqual([true, false]);
});

it("a change that the service refused is not one of this page: another tab may make it later", async () => {
  answerWith(500);
  await expect(callApi("/api/voices/voice_b", { method: "DELETE" })).rejects.toThrow();
  expect(takeOwnChange("voice.deleted", "voice_b")).toBe(false);
});

it("a request that only reads is no change", async () => {
  answerWith(204);
  await callApi("/api/voices/voice_c");
  expect(takeOwnChange("voice.deleted", "voice_c")).toBe(false);
});
