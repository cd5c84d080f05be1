// The RPC entry point of the ingest, for another Worker of the same account. The service binding is the authorisation.
import { WorkerEntrypoint } from "cloudflare:workers";
import type * as z from "zod/mini";
import { type GenerationResource, toGenerationResource } from "../generations/schema.ts";
import { hasLinks, readConfig } from "../platform/env.ts";
import { type ErrorCode, logError, messageOf, statusOf, toApiError } from "../platform/errors.ts";
import { type InputIssue, toInputIssues } from "../platform/input-issues.ts";
import { log, withRequestId } from "../platform/logger.ts";
import { instrumentBindings } from "../platform/request-log.ts";
import type { UploadBody } from "../recordings/upload-limits.ts";
import { type IngestRefusal, type IngestResult, refused } from "./result.ts";
import { failureInput, generationInput, generationPath } from "./schema.ts";
import { beginGeneration, failGeneration, type IngestContext, storeGenerationAudio } from "./service.ts";

/** The input of {@link AudioIngest.beginGeneration}. Fields with a default are optional. */
export type NewGeneration = z.input<typeof generationInput>;

/** The generation as it is now, or why the call failed, with the status, code and message of the HTTP API. */
export type IngestRpcResult = { ok: true; generation: GenerationResource } | IngestRpcError;

interface IngestRpcError {
  ok: false;
  status: number;
  code: ErrorCode;
  error: string;
  issues?: InputIssue[];
  requestId: string;
  /** When to retry; undefined when a retry is not expected to help. */
  retryAfterSeconds: number | undefined;
}

/** Every call may be repeated: it then changes nothing and returns the same result. No method throws. */
export class AudioIngest extends WorkerEntrypoint<Env> {
  /** Begins a generation under an id of the caller's choice. */
  beginGeneration(id: string, generation: NewGeneration): Promise<IngestRpcResult> {
    return this.#call("beginGeneration", id, (context) => {
      const input = generationInput.safeParse(generation);
      return input.success ? beginGeneration(context, id, input.data) : refusedInput(input.error);
    });
  }

  /**
   * Stores a generation's WAV. With `sizeBytes` it streams into R2; without it, or with a value that is no size, it
   * is sent in parts of 5 MiB.
   */
  async storeAudio(
    id: string,
    audio: ReadableStream | null,
    sizeBytes = Number.NaN,
  ): Promise<IngestRpcResult> {
    // RPC does not check types. Null is a response without a body.
    if (audio !== null && !(audio instanceof ReadableStream)) {
      return this.#call("storeAudio", id, () => NOT_A_STREAM);
    }
    const body = toBody(audio, sizeBytes);
    const store = (context: IngestContext) => storeGenerationAudio(context, id, body);
    const result = await this.#call("storeAudio", id, store, body.sizeBytes ?? undefined);
    // A refused stream that nobody reads would keep its sender waiting.
    if (!result.ok && body.stream && !body.stream.locked) await body.stream.cancel().catch(() => undefined);
    return result;
  }

  /** Records that no audio will be stored. The organisation sees `reason`. */
  failGeneration(id: string, reason: string): Promise<IngestRpcResult> {
    return this.#call("failGeneration", id, (context) => {
      const input = failureInput.safeParse({ reason });
      return input.success ? failGeneration(context, id, input.data.reason) : refusedInput(input.error);
    });
  }

  /** Runs `work` as one logged request. */
  #call(
    method: string,
    id: string,
    work: (context: IngestContext) => IngestResult | Promise<IngestResult>,
    bytesIn?: number,
  ): Promise<IngestRpcResult> {
    const startedAt = Date.now();
    const requestId = crypto.randomUUID();
    const { database, bucket, stats } = instrumentBindings(this.env);
    const context = {
      env: this.env,
      database,
      bucket,
      waitUntil: (promise: Promise<unknown>) => this.ctx.waitUntil(promise),
    };
    return withRequestId(requestId, async () => {
      const result = await this.#run(id, (settings) => work({ ...context, ...settings })).catch(toRefusal);
      const rpcResult = toRpcResult(result, requestId, this.env);
      const status = rpcResult.ok ? 200 : rpcResult.status;
      const route = `AudioIngest.${method}`;
      if (result.kind === "refused")
        logError(result.code, status, { method: "RPC", route, cause: result.cause });
      const isRefused = result.kind === "refused";
      const orgId = isRefused ? result.orgId : result.generation.orgId;
      const audio = isRefused ? undefined : result.storedAudio;
      const milliseconds = Date.now() - startedAt;
      log.info("request", { method: "RPC", route, status, orgId, bytesIn, audio, ...stats, milliseconds });
      return rpcResult;
    });
  }

  async #run(
    id: string,
    work: (settings: Pick<IngestContext, "meter" | "receiver">) => IngestResult | Promise<IngestResult>,
  ): Promise<IngestResult> {
    const { meters, events } = readConfig(this.env);
    const path = generationPath.safeParse({ generationId: id });
    return path.success ? work({ meter: meters.generation, receiver: events }) : refusedInput(path.error);
  }
}

const NOT_A_STREAM = refused("invalid_input", {
  issues: [{ code: "invalid_type", message: "audio must be a ReadableStream", path: ["audio"] }],
});

function toBody(audio: ReadableStream | null, sizeBytes: number): UploadBody {
  if (!audio || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return { stream: audio, sizeBytes: null };
  return { stream: audio.pipeThrough(new FixedLengthStream(sizeBytes)), sizeBytes };
}

const refusedInput = (error: z.core.$ZodError) => refused("invalid_input", { issues: toInputIssues(error) });

function toRefusal(error: unknown): IngestRefusal {
  const { code, detail } = toApiError(error);
  return refused(code, { cause: detail.cause });
}

function toRpcResult(result: IngestResult, requestId: string, env: Env): IngestRpcResult {
  if (result.kind !== "refused") {
    return { ok: true, generation: toGenerationResource(result.generation, hasLinks(env)) };
  }
  const { code, issues, retryAfterSeconds } = result;
  return {
    ok: false,
    status: statusOf(code),
    code,
    error: messageOf(code),
    ...(issues && { issues }),
    requestId,
    retryAfterSeconds,
  };
}
