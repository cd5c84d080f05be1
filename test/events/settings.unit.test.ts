// EVENTS_URL and EVENTS_SECRET: both or none, and only values with which events can be sent safely.
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/platform/env.ts";
import { EVENTS_SECRET } from "../support/event-settings.ts";

const WORKING = {
  CLERK_JWT_KEY: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
  CLERK_AUTHORIZED_PARTIES: "https://app.example.com",
  POLAR_ACCESS_TOKEN: "polar_oat_x",
  POLAR_BASE_URL: "https://api.polar.sh",
  ...{ DB: {}, SEARCH_DB: {}, AUDIO: {}, ANALYSIS: {}, VOICE_CREATION_RATE_LIMIT: {} },
};
const configured = (env: object) => readConfig({ ...WORKING, ...env } as unknown as Env);
const problemsOf = (env: object): string => {
  try {
    configured(env);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;

describe("EVENTS_URL and EVENTS_SECRET", () => {
  it.each([{}, { EVENTS_URL: "", EVENTS_SECRET: "" }])("unset (%o) turn the change feed off", (unset) => {
    expect(configured(unset).events).toBeNull();
  });

  it.each([
    "https://app.example.com/api/resonance-events",
    "https://app.example.com/?token=x",
    ...["http://localhost:3000/events", "http://127.0.0.1:3000/events", "http://[::1]:3000/events"],
  ])("accept the address %s", (url) => {
    const events = { url, secret: EVENTS_SECRET };
    expect(configured({ EVENTS_URL: url, EVENTS_SECRET }).events).toEqual(events);
  });

  it.each([
    ["http://app.example.com/events", "is not https, or has credentials"],
    ["http://localhost.example.com/events", "is not https, or has credentials"],
    ["https://user:password@app.example.com/", "is not https, or has credentials"],
    ["ftp://localhost/", "is not https, or has credentials"],
    ["app.example.com", "is not a URL"],
  ])("refuse the address %s and do not repeat it", (url, problem) => {
    expect(problemsOf({ EVENTS_URL: url, EVENTS_SECRET })).toBe(`EVENTS_URL ${problem}`);
  });

  it.each([24, 25, 26, 32, 64])("accept a secret of %i bytes", (bytes) => {
    expect(problemsOf({ EVENTS_URL: "https://a.example", EVENTS_SECRET: secretOf(bytes) })).toBe("");
  });

  it.each([
    ["of 23 bytes", secretOf(23)],
    ["of 65 bytes", secretOf(67)],
    ["without whsec_", secretOf(32).slice("whsec_".length)],
    ["that is not base64", `whsec_${"-".repeat(32)}`],
    ["that is cut off", secretOf(32).slice(0, -2)],
  ])("refuse a secret %s and do not repeat it", (_fact, secret) => {
    const problems = problemsOf({ EVENTS_URL: "https://a.example", EVENTS_SECRET: secret });
    expect(problems).toBe("EVENTS_SECRET is not whsec_ and the base64 of at least 24 bytes");
  });

  it("are required together", () => {
    expect(problemsOf({ EVENTS_SECRET })).toBe("EVENTS_URL is missing, while EVENTS_SECRET is set");
    expect(problemsOf({ EVENTS_URL: "https://a.example" })).toBe(
      "EVENTS_SECRET is missing, while EVENTS_URL is set",
    );
  });
});
