// Whether the service as a whole is set up: health, headers, what it must refuse, and the cron.
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, CheckFailure, notApplicable, ok } from "./check.ts";
import { describe, expectRefusal, expectSecurityHeaders, parseObject } from "./expectations.ts";

const FOREIGN_ORIGIN = "https://smoke-test.invalid";
const CRON_POLL_MS = 5_000;
/** The cron runs each minute; /health is cached for ten seconds. */
const CRON_MAX_AGE_MS = 3 * 60_000;

export const healthCheck: Check = {
  name: "health",
  needsToken: false,
  run: async ({ client }) => {
    const answer = await client.send({ path: "/health" });
    const { checks } = parseObject(answer) as { checks?: Record<string, boolean> };
    const failed = Object.entries(checks ?? {}).flatMap(([name, passes]) => (passes ? [] : [name]));
    if (failed.length > 0) {
      throw new CheckFailure(
        `${answer.status}: ${failed.join(", ")} failed`,
        "configuration: the log names the setting (`misconfigured`). database: are the migrations applied? bucket: does " +
          "the bucket of wrangler.toml exist? analysis: is the second Worker deployed (`npm run deploy`)?",
      );
    }
    if (answer.status !== 200 || !checks) {
      throw new CheckFailure(describe(answer), "This is not the service: is /health in `routes`?");
    }
    return ok(`200: ${Object.keys(checks).join(", ")}`);
  },
};

const headers: Check = {
  name: "headers",
  needsToken: false,
  run: async ({ client }) => {
    for (const path of ["/health", "/api/voices"]) {
      const answer = await client.send({ path });
      expectSecurityHeaders(answer.headers);
      const caching = answer.headers["cache-control"];
      if (caching !== "no-store") {
        throw new CheckFailure(
          `Cache-Control of ${path} is ${caching ?? "absent"} instead of no-store`,
          "Look for a cache rule or a transform rule of the zone.",
        );
      }
    }
    return ok("nosniff, Content-Security-Policy, no-store, X-Request-Id");
  },
};

const IS_ROUTED = "Is the path in `routes`?";

const webhook: Check = {
  name: "webhook",
  needsToken: false,
  run: async ({ client }) => {
    const answer = await client.send({
      method: "POST",
      path: "/api/webhooks/polar",
      headers: {
        "Content-Type": "application/json",
        "webhook-id": "smoke-test",
        "webhook-timestamp": `${Math.floor(Date.now() / 1000)}`,
        "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
      },
      body: Buffer.from(JSON.stringify({ type: "customer.state_changed", data: {} })),
    });
    if (answer.status === 404) {
      expectRefusal(answer, 404, IS_ROUTED);
      return notApplicable("404: the webhook is disabled, because POLAR_WEBHOOK_SECRET is not set");
    }
    expectRefusal(
      answer,
      403,
      `A forged notice must be refused: anyone could grant subscriptions. ${IS_ROUTED} A challenge page here is Bot ` +
        "Fight Mode, which also stops Polar.",
    );
    return ok(`a forged notice is ${describe(answer)}`);
  },
};

const cors: Check = {
  name: "cors",
  needsToken: false,
  run: async ({ client }) => {
    const requests = [
      { method: "GET", path: "/api/voices", headers: { Origin: FOREIGN_ORIGIN } },
      {
        method: "OPTIONS",
        path: "/api/voices/create",
        headers: { Origin: FOREIGN_ORIGIN, "Access-Control-Request-Method": "POST" },
      },
    ];
    for (const request of requests) {
      const answer = await client.send(request);
      const allowed = answer.headers["access-control-allow-origin"];
      if (allowed === undefined) continue;
      throw new CheckFailure(
        `${request.method} from ${FOREIGN_ORIGIN} is allowed: ${allowed}`,
        "Look for it in APP_ORIGINS, or for a transform rule of the zone that adds CORS headers.",
      );
    }
    return ok(`${FOREIGN_ORIGIN} is not allowed`);
  },
};

const cron: Check = {
  name: "cron",
  needsToken: false,
  run: async ({ client, cronWaitMs, interrupted }) => {
    const deadline = Date.now() + cronWaitMs;
    for (;;) {
      const answer = await client.send({ path: "/health" });
      const { lastCronAt } = parseObject(answer) as { lastCronAt?: string | null };
      // The deployment's clock, as far as it is known.
      const now = Date.parse(answer.headers.date ?? "") || Date.now();
      const age = lastCronAt ? now - Date.parse(lastCronAt) : Number.POSITIVE_INFINITY;
      if (age < CRON_MAX_AGE_MS) return ok(`last ran at ${lastCronAt}`);
      if (Date.now() + CRON_POLL_MS > deadline) {
        throw new CheckFailure(
          lastCronAt ? `last ran at ${lastCronAt}` : "has never run",
          "Events wait, and nothing is cleaned up. A new schedule may take 15 minutes to start: repeat with --only cron. " +
            "Then look at the Worker's cron events in the dashboard, and for record_cron_run_failed in the log.",
        );
      }
      await sleep(CRON_POLL_MS, undefined, { signal: interrupted });
    }
  },
};

export const SERVICE_CHECKS: Check[] = [headers, webhook, cors, cron];
