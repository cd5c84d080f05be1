// The way in for generations for another Worker of the same account, by service binding. The binding is its right of
// way: there is no secret.
import { WorkerEntrypoint } from "cloudflare:workers";
import { Hono } from "hono";
import type * as z from "zod";
import type { GenerationResource } from "../generations/schema.ts";
import { configuration } from "../platform/configuration.ts";
import type { AppEnv } from "../platform/env.ts";
import { ApiError, type ErrorCode, respondWithError } from "../platform/errors.ts";
import { observation } from "../platform/request-log.ts";
import type { InputIssue } from "../voice-creation/schema.ts";
import { ingest } from "./routes.ts";
import { type generationInput, isPlainId } from "./schema.ts";

/** What is said of a generation to begin it; what has a default may be left out. */
export type NewGeneration = z.input<typeof generationInput>;

/** The generation as it is now; or why not, in the words and codes of the API. */
export type IngestResult = { ok: true; generation: GenerationResource } | Refusal;

interface Refusal {
  ok: false;
  status: number;
  code: ErrorCode;
  error: string;
  issues?: InputIssue[];
  requestId: string;
  /** Seconds after which it is worth trying again. */
  retryAfter: number | undefined;
}

const door = new Hono<AppEnv>();
door.onError(respondWithError);
door.notFound((c) => respondWithError(new ApiError("not_found"), c));
door.use(observation, configuration);
door.route("/internal", ingest);

/** Each call may be repeated: it then changes nothing, and is answered alike. */
export class AudioIngest extends WorkerEntrypoint<Env> {
  /** Begins a generation under an id of the caller's choice. */
  beginGeneration(id: string, generation: NewGeneration): Promise<IngestResult> {
    return this.#put(id, "", json(generation));
  }

  /**
   * Stores a generation's WAV. With its size it streams through; without, or with what can be none, it is held in
   * parts of 5 MiB.
   */
  storeAudio(id: string, audio: ReadableStream, sizeBytes = Number.NaN): Promise<IngestResult> {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return this.#put(id, "/audio", { body: audio });
    const body = audio.pipeThrough(new FixedLengthStream(sizeBytes));
    return this.#put(id, "/audio", { body, headers: { "Content-Length": String(sizeBytes) } });
  }

  /** Notes that no audio will come; `reason` is told to the organisation. */
  failGeneration(id: string, reason: string): Promise<IngestResult> {
    return this.#put(id, "/failure", json({ reason }));
  }

  async #put(id: string, step: string, init: RequestInit): Promise<IngestResult> {
    const headers = new Headers(init.headers);
    headers.set("Accept", "application/problem+json");
    // What can be no id, such as "..", might lead elsewhere: it is asked for by a name that is refused.
    const name = isPlainId(id) ? id : "!";
    const url = `https://audio-ingest.invalid/internal/generations/${name}${step}`;
    const request = new Request(url, { ...init, method: "PUT", headers });
    const response = await door.fetch(request, this.env, this.ctx);
    if (response.ok) return { ok: true, generation: await response.json() };
    if (!request.bodyUsed) await request.body?.cancel();
    const retryAfter = response.headers.get("Retry-After");
    const { status, code, error, issues, requestId } = await response.json<Refusal>();
    return {
      ok: false,
      ...{ status, code, error, requestId },
      ...(issues && { issues }),
      retryAfter: retryAfter === null ? undefined : Number(retryAfter),
    };
  }
}

const json = (value: unknown): RequestInit => ({
  body: JSON.stringify(value),
  headers: { "Content-Type": "application/json" },
});
