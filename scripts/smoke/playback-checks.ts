// Whether voices are played as players need it: whole, in ranges, from the edge cache, their length by HEAD, and by a
// playback link.
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, CheckFailure, type Context, notApplicable, ok, type PlayedVoice } from "./check.ts";
import {
  describe,
  expectRefusal,
  expectSecurityHeaders,
  expectStatus,
  parseItems,
  parseObject,
  sessionAdvice,
} from "./expectations.ts";

const RANGE = { first: 100, last: 199 };
/** The cache is filled in the background: the first repeats may come too early. */
const REPEAT_AFTER_MS = [0, 250, 500, 1000, 2000, 3000];

export const pathOf = (voiceId: string): string => `/api/voices/${encodeURIComponent(voiceId)}`;

/** The first system voice. */
export async function findSystemVoice(context: Context): Promise<string> {
  const answer = await context.client.send({
    path: "/api/voices?variant=SYSTEM&limit=100",
    withSession: true,
  });
  expectStatus(answer, 200, sessionAdvice(context));
  const voice = parseItems<{ id: string; state: string }>(answer).find(({ state }) => state === "ready");
  if (voice) return voice.id;
  throw new CheckFailure(
    "there is no system voice",
    "Import system voices with `npm run voices`, or name a voice of the organisation with --voice.",
  );
}

/** Plays the voice whole. */
export async function playVoice(context: Context): Promise<PlayedVoice> {
  const id = await context.voiceId();
  const answer = await context.client.send({ path: pathOf(id), withSession: true });
  expectStatus(answer, 200, sessionAdvice(context));
  const { headers, body: bytes } = answer;
  return { id, bytes, headers, isSystemVoice: headers["cache-control"]?.includes("public") ?? false };
}

const play: Check = {
  name: "play",
  needsToken: true,
  run: async (context) => {
    const { id, bytes, headers } = await context.playedVoice();
    const length = headers["content-length"];
    if (bytes.length === 0 || Number(length) !== bytes.length) {
      throw new CheckFailure(
        `${bytes.length} bytes with Content-Length ${length ?? "absent"}`,
        "Something between the Worker and here changes the body: look for compression or a transform rule.",
      );
    }
    if (!headers["content-type"]?.startsWith("audio/") || !headers.etag || !headers["cache-control"]) {
      throw new CheckFailure(
        `Content-Type ${headers["content-type"]}, ETag ${headers.etag}, Cache-Control ${headers["cache-control"]}`,
        "Is the path in `routes`, so that this service answers and not the app?",
      );
    }
    expectSecurityHeaders(headers);
    return ok(`${id}: ${bytes.length} bytes of ${headers["content-type"]}`);
  },
};

const edgeCache: Check = {
  name: "edge-cache",
  needsToken: true,
  run: async (context) => {
    const { id, isSystemVoice } = await context.playedVoice();
    if (!isSystemVoice)
      return notApplicable("only system voices are cached at the edge, and this is not one");
    let status: string | undefined;
    for (const [repeats, delay] of REPEAT_AFTER_MS.entries()) {
      await sleep(delay, undefined, { signal: context.interrupted });
      const answer = await context.client.send({ path: pathOf(id), withSession: true });
      expectStatus(answer, 200, sessionAdvice(context));
      status = answer.headers["cache-status"];
      if (status?.startsWith("Resonance; hit")) return ok(`repeat ${repeats + 1}: ${status}`);
    }
    // Cloudflare's page "Cache" of the Workers runtime APIs: its operations have no effect at workers.dev.
    if (context.client.origin.hostname.endsWith(".workers.dev")) {
      return notApplicable("the Cache API has no effect at workers.dev: ask the routed host");
    }
    throw new CheckFailure(
      `${REPEAT_AFTER_MS.length} repeats without a hit: Cache-Status ${status ?? "absent"}`,
      "Plays work, but each reads D1 and R2. Is the host behind Cloudflare Access? The Cache API does not work there. " +
        "Otherwise look for edge_fill_failed and edge_cache_failed in the log.",
    );
  },
};

const range: Check = {
  name: "range",
  needsToken: true,
  run: async (context) => {
    const { id, bytes } = await context.playedVoice();
    const headers = { Range: `bytes=${RANGE.first}-${RANGE.last}` };
    const answer = await context.client.send({ path: pathOf(id), headers, withSession: true });
    const advice =
      "Players cannot seek: look for a rule or another proxy that removes Range or changes the answer.";
    expectStatus(answer, 206, advice);
    const expected = bytes.subarray(RANGE.first, RANGE.last + 1);
    const contentRange = `bytes ${RANGE.first}-${RANGE.last}/${bytes.length}`;
    const { "content-range": actualRange, "content-length": length } = answer.headers;
    if (actualRange !== contentRange || length !== `${expected.length}` || !answer.body.equals(expected)) {
      throw new CheckFailure(
        `206 with Content-Range ${actualRange}, Content-Length ${length} and ${answer.body.length} bytes, instead of ` +
          `${contentRange} and ${expected.length}`,
        advice,
      );
    }
    return ok(`206, ${contentRange}, Content-Length ${length}`);
  },
};

const LENGTH_ADVICE =
  "Some players ask for the length before they play. Look for a rule that compresses or transforms audio.";

const headHttp1: Check = {
  name: "head-http1",
  needsToken: true,
  run: async (context) => {
    const { id, bytes } = await context.playedVoice();
    const answer = await context.client.send({ method: "HEAD", path: pathOf(id), withSession: true });
    expectStatus(answer, 200, sessionAdvice(context));
    return lengthOutcome(`HTTP/${answer.httpVersion}`, answer.headers["content-length"], bytes.length);
  },
};

const headHttp2: Check = {
  name: "head-http2",
  needsToken: true,
  run: async (context) => {
    if (context.client.origin.protocol === "http:") {
      return notApplicable("HTTP/2 is not offered over plain http");
    }
    const { id, bytes } = await context.playedVoice();
    const { status, headers } = await context.client.headOverHttp2(pathOf(id));
    if (status !== 200) throw new CheckFailure(`${status} instead of 200`, sessionAdvice(context));
    return lengthOutcome("HTTP/2", headers["content-length"], bytes.length);
  },
};

function lengthOutcome(version: string, length: string | undefined, expected: number) {
  if (length === `${expected}`) return ok(`${version} 200, Content-Length ${length}`);
  throw new CheckFailure(
    `${version} 200, Content-Length ${length ?? "absent"} instead of ${expected}`,
    LENGTH_ADVICE,
  );
}

const link: Check = {
  name: "link",
  needsToken: true,
  run: async (context) => {
    const { id, bytes } = await context.playedVoice();
    const created = await context.client.send({
      method: "POST",
      path: `${pathOf(id)}/link`,
      withSession: true,
    });
    if (created.status === 404) {
      expectRefusal(created, 404, sessionAdvice(context));
      return notApplicable("404: there are no playback links, because LINK_SECRET is not set");
    }
    expectStatus(created, 200, sessionAdvice(context));
    const { url, expiresAt } = parseObject(created) as { url: string; expiresAt: string };
    const answer = await context.client.send({ path: url });
    const advice = "Links do not play: look for a rule of the zone that changes query strings.";
    expectStatus(answer, 200, advice);
    if (!answer.body.equals(bytes) || !answer.headers["cache-control"]?.startsWith("private")) {
      throw new CheckFailure(
        `${answer.body.length} bytes with Cache-Control ${answer.headers["cache-control"]} instead of ${bytes.length}, private`,
        "Look for a cache rule or a transform rule of the zone.",
      );
    }
    return ok(`plays ${id} without a session until ${expiresAt}`);
  },
};

export const signedOutCheck: Check = {
  name: "signed-out",
  needsToken: false,
  run: async (context) => {
    // With a token, the voice that was played: a cache in front of the session check would serve it.
    const path = context.token ? pathOf(await context.voiceId()) : "/api/voices";
    const answer = await context.client.send({ path });
    const advice =
      "If this is audio, stop: anyone can play it. Look for [cache] in wrangler.toml, a cache rule of the zone, or a " +
      "path that is missing in `routes`.";
    expectRefusal(answer, 401, advice);
    return ok(`${path}: ${describe(answer)}`);
  },
};

export const PLAYBACK_CHECKS: Check[] = [play, edgeCache, range, headHttp1, headHttp2, link];
