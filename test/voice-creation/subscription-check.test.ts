// POST /api/voices/create: it requires a subscription, and does not wait for the delivery of its event.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dispatch } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  NOTHING_STORED,
  newOrg,
  resetPolar,
  storedCounts,
} from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import { sessionToken } from "../support/tokens.ts";
import { upload, VALID_QUERY } from "../support/uploads.ts";

const alarmsIn = (lines: LogLine[]) => lines.filter((line) => line.event === "polar_api_version_removed");

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

describe("POST /api/voices/create", () => {
  describe("the subscription check", () => {
    it.each([
      ["has no active subscription", () => givenCustomer({ active: false })],
      ["is unknown to Polar", async () => newOrg()],
    ])("is 403 when the organisation %s", async (_fact, given) => {
      const orgId = await given();
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({ error: "SUBSCRIPTION_REQUIRED" });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it.each([
      ["is down", { kind: "status", status: 503 }, "10"],
      ["is rate-limiting, with Polar's own Retry-After", { kind: "status", status: 429 }, "7"],
      ["rejects our credentials", { kind: "status", status: 401 }, "10"],
      ["breaks the connection", { kind: "lose_response" }, "10"],
      ["does not respond within 5 seconds", { kind: "hang" }, "10"],
    ] as const)("is 500 with Retry-After when Polar %s", async (_fact, fault, retryAfter) => {
      const timeout = shortenAbortTimeouts();
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "customers", ...fault });
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(500);
      expect(response.headers.get("Retry-After")).toBe(retryAfter);
      expect(timeout).toHaveBeenCalledWith(5000);
      expect(await response.json()).toEqual({
        error: "Your subscription could not be checked right now. Please try again.",
      });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("is 500 with Retry-After when Polar cannot be reached", async () => {
      const orgId = await givenCustomer({ active: true });
      const unreachable = { POLAR_BASE_URL: "https://unreachable.test" };
      const response = await upload(orgId, await fixture("speech.mp3"), { env: unreachable });
      expect(response.status).toBe(500);
      expect(response.headers.get("Retry-After")).toBe("10");
    });

    it.each([
      ["Polar has removed the API version", { kind: "version_removed" } as const, {}],
      ["the base URL has a path", null, { POLAR_BASE_URL: "https://polar.test/v1" }],
    ])("is 500, not 403, and raises an alarm when %s", async (_fact, fault, overrides) => {
      const orgId = await givenCustomer({ active: true });
      if (fault) await givenPolarFault({ target: "customers", ...fault });
      const lines = captureLog();
      expect((await upload(orgId, await fixture("speech.mp3"), { env: overrides })).status).toBe(500);
      expect(alarmsIn(lines)).toHaveLength(1);
    });

    it("passes for an hour after Polar has removed the API version, without a webhook, with an alarm each time", async () => {
      const withoutWebhook = { POLAR_WEBHOOK_SECRET: "" } as Partial<Env>;
      const orgId = await givenCustomer({ active: true });
      expect((await upload(orgId, await fixture("speech.mp3"))).status).toBe(201);
      await env.DB.prepare("update subscriptions set confirmed_at = confirmed_at - ? where org_id = ?")
        .bind(59 * 60_000, orgId)
        .run();
      await givenPolarFault({ target: "customers", kind: "version_removed" });
      const lines = captureLog();
      const response = await upload(orgId, await fixture("speech.mp3"), { env: withoutWebhook });
      expect(response.status).toBe(201);
      expect(alarmsIn(lines)).toHaveLength(1);
    });

    it.each([
      ["is down", { kind: "status", status: 503 }],
      ["answers another 404", { kind: "status", status: 404 }],
    ] as const)("raises no alarm about the API version when Polar %s", async (_fact, fault) => {
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "customers", ...fault });
      const lines = captureLog();
      expect((await upload(orgId, await fixture("speech.mp3"))).status).toBe(500);
      expect((await upload(newOrg(), await fixture("speech.mp3"))).status).toBe(403);
      expect(alarmsIn(lines)).toEqual([]);
    });

    it("precedes the response, but the delivery of the event does not", async () => {
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "events", kind: "hang" });
      shortenAbortTimeouts();
      let isDelivered = false;
      const { response, backgroundWork } = dispatch(
        `/api/voices/create?${new URLSearchParams(VALID_QUERY)}`,
        {
          method: "POST",
          headers: {
            Authorization: `Bearer ${await sessionToken({ orgId })}`,
            "Content-Type": "audio/mpeg",
          },
          body: await fixture("speech.mp3"),
        },
      );
      const done = response.then(backgroundWork).then(() => {
        isDelivered = true;
      });
      expect((await response).status).toBe(201);
      expect(isDelivered).toBe(false);
      await done;
    });

    it("passes while Polar accepts no events, and the voice is created", async () => {
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "events", kind: "status", status: 503 });
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(201);
      expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    });
  });
});
