// Which requests have a log line when reads are sampled.
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { withMethods } from "../support/bindings.ts";
import { type Call, call } from "../support/call.ts";
import { givenGeneration, newOrg } from "../support/fixtures.ts";
import { captureLog, requestLines } from "../support/log.ts";

const CHOSEN = 0.09;
const NOT_CHOSEN = 0.1;

afterEach(() => void vi.restoreAllMocks());

/** The method, status and weight of each log line of one request, while `random` is what Math.random returns. */
async function linesOf(random: number, path: string, { env: overrides, ...init }: Call) {
  vi.spyOn(Math, "random").mockReturnValue(random);
  const lines = captureLog();
  const response = await call(path, { ...init, env: { LOG_READS_ONE_IN: "10", ...overrides } });
  await response.arrayBuffer();
  return requestLines(lines).map(({ method, status, oneIn }) => [method, status, oneIn]);
}

it.each(["GET", "HEAD"])(
  "of successful %s requests one in LOG_READS_ONE_IN has a line, which says so",
  async (method) => {
    const org = newOrg();
    const path = `/api/audio/${await givenGeneration(org)}`;
    expect(await linesOf(CHOSEN, path, { as: org, method })).toEqual([[method, 200, 10]]);
    expect(await linesOf(NOT_CHOSEN, path, { as: org, method })).toEqual([]);
  },
);

it("every read has a line, without a weight, when LOG_READS_ONE_IN is empty or 1", async () => {
  const org = newOrg();
  const path = `/api/audio/${await givenGeneration(org)}`;
  for (const LOG_READS_ONE_IN of ["", "1", undefined]) {
    const lines = await linesOf(0.999, path, { as: org, env: { LOG_READS_ONE_IN } });
    expect(lines).toEqual([["GET", 200, undefined]]);
  }
});

it("a read that fails always has a line", async () => {
  expect(await linesOf(NOT_CHOSEN, "/api/audio/none", { as: newOrg() })).toEqual([["GET", 404, undefined]]);
  expect(await linesOf(NOT_CHOSEN, "/api/audio/none", {})).toEqual([["GET", 401, undefined]]);
});

it("a write always has a line", async () => {
  const options = { as: newOrg(), method: "POST", body: JSON.stringify({ ids: ["none"] }) };
  const headers = { "Content-Type": "application/json" };
  const lines = await linesOf(NOT_CHOSEN, "/api/generations/delete", { ...options, headers });
  expect(lines).toEqual([["POST", 200, undefined]]);
});

it("a read that takes a second or longer always has a line", async () => {
  const org = newOrg();
  const path = `/api/audio/${await givenGeneration(org)}`;
  let now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
  const slow = withMethods(env.AUDIO, {
    get: (...args: Parameters<R2Bucket["get"]>) => {
      now += 1000;
      return env.AUDIO.get(...args);
    },
  });
  expect(await linesOf(NOT_CHOSEN, path, { as: org, env: { AUDIO: slow } })).toEqual([
    ["GET", 200, undefined],
  ]);
});

it.each(["0", "-1", "1.5", "ten", "10000"])(
  "LOG_READS_ONE_IN = %j is a configuration error",
  async (value) => {
    const lines = captureLog();
    const response = await call("/api/voices", { as: newOrg(), env: { LOG_READS_ONE_IN: value } });
    expect(response.status).toBe(500);
    await response.arrayBuffer();
    expect(JSON.stringify(lines)).toContain("LOG_READS_ONE_IN is not a whole number from 1 to 9999");
    expect(requestLines(lines)).toHaveLength(1);
  },
);
