// Requests that produce each documented outcome of playing an audio and of its peaks.
import { type Call, call } from "../support/call.ts";
import { type AudioState, newOrg } from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";
import { silentWav } from "../support/wav.ts";

export type Scenario = () => Promise<Response>;
export const UNCONFIGURED = { POLAR_ACCESS_TOKEN: "" };
export const RECORDING = silentWav(11);

/** The outcomes of every operation behind a session: without a session, and in a misconfigured deployment. */
export const behindSession = (path: string, init: Call = {}): Record<number, Scenario> => ({
  401: () => call(path, init),
  500: () => call(path, { ...init, as: newOrg(), env: UNCONFIGURED }),
});

export function audioScenarios(
  path: string,
  given: (orgId: string, state?: AudioState) => Promise<string>,
): Record<number, Scenario> {
  const play = async (state: AudioState, headers: Record<string, string> = {}) => {
    const orgId = newOrg();
    return call(path + (await given(orgId, state)), { as: orgId, headers });
  };
  return {
    ...behindSession(`${path}x`),
    200: () => play("ready"),
    206: () => play("ready", { Range: "bytes=1-2" }),
    302: () =>
      call(`${path}x`, {
        headers: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" },
        env: { SIGN_IN_URL: "https://app.example.com/sign-in" },
      }),
    304: () => play("ready", { "If-None-Match": "*" }),
    404: () => call(`${path}none`, { as: newOrg() }),
    409: () => play("processing"),
    412: () => play("ready", { "If-Match": '"another"' }),
    416: () => play("ready", { Range: "bytes=1000000-" }),
    502: () => play("object missing"),
  };
}

/** A request as a page of another site sends it, with its visitor's cookie. */
export const fromAnotherSite = async ({ headers, ...init }: Call & { headers?: Record<string, string> }) => ({
  ...init,
  headers: {
    ...headers,
    Cookie: `__session=${await sessionToken({ orgId: newOrg() })}`,
    Origin: "https://evil.example",
  },
});

/** The outcomes of creating a link. */
export function linkScenarios(
  path: string,
  given: (orgId: string, state?: AudioState) => Promise<string>,
): Record<number, Scenario> {
  const create = async (state: AudioState) => {
    const orgId = newOrg();
    return call(`${path}${await given(orgId, state)}/link`, { method: "POST", as: orgId });
  };
  return {
    ...behindSession(`${path}x/link`, { method: "POST" }),
    200: () => create("ready"),
    403: async () => call(`${path}x/link`, await fromAnotherSite({ method: "POST" })),
    404: () => call(`${path}none/link`, { method: "POST", as: newOrg() }),
    409: () => create("processing"),
  };
}

/** Every outcome of the peaks of an audio, whose analysis fails or finds them. */
export function peaksScenarios(
  path: string,
  given: (orgId: string, state?: AudioState, row?: { bytes?: Uint8Array; codec?: string }) => Promise<string>,
): Record<number, Scenario> {
  const draw = async (state: AudioState, more: Call = {}) => {
    const orgId = newOrg();
    const id = await given(orgId, state, { bytes: RECORDING, codec: "PCM" });
    return call(`${path}${id}/peaks`, { as: orgId, ...more });
  };
  const failing = { ANALYSIS: { levels: () => Promise.reject(new Error("CPU")) } };
  return {
    ...behindSession(`${path}x/peaks`),
    200: () => draw("ready"),
    304: () => draw("ready", { headers: { "If-None-Match": "*" } }),
    404: () => call(`${path}none/peaks`, { as: newOrg() }),
    409: () => draw("processing"),
    502: () => draw("object missing"),
    503: () => draw("ready", { env: failing }),
  };
}
