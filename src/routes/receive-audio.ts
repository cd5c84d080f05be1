// Takes the audio that a request carries into R2, and finds out what it is.
import type { Context } from "hono";
import { type Guard, type Stored, storeUpload } from "../adapters/audio-upload.ts";
import { RecordingSource } from "../adapters/recording-source.ts";
import type { AppEnv } from "../env.ts";
import { ApiError, type ErrorCode } from "../errors.ts";
import { type ProbeResult, probeRecording } from "../probe/probe.ts";
import { judgeUpload } from "../rules/upload.ts";

/** How much audio is taken, and what is said of more. */
export interface Limit {
  maxBytes: number;
  tooLarge: ErrorCode;
}

/** The guard of a key that others may write too, and what is said when it is theirs. */
export interface SharedKey extends Guard {
  occupied: () => ApiError;
}

type StoredBody = Extract<Stored, { kind: "stored" }>;

export interface ReceivedAudio extends Omit<StoredBody, "kind"> {
  inspection: ProbeResult;
}

/** Refuses by its head what can't be taken. @throws {ApiError} `tooLarge`, `empty_body` */
export function requireUpload(request: Request, { maxBytes, tooLarge }: Limit): void {
  switch (judgeUpload(request, maxBytes)) {
    case "too-large":
      throw new ApiError(tooLarge);
    case "empty":
      throw new ApiError("empty_body");
    case "acceptable":
  }
}

/**
 * Stores the request's body at `key`.
 * @throws {ApiError} `upload_interrupted`, `empty_body`, `tooLarge`, `occupied`
 */
export async function storeBody(
  c: Context<AppEnv>,
  key: string,
  { maxBytes, tooLarge }: Limit,
  shared?: SharedKey,
): Promise<StoredBody> {
  const stored = await storeUpload(c.var.bucket, key, c.req.raw, maxBytes, shared);
  if (stored.kind === "occupied" && shared) throw shared.occupied();
  return requireStored(stored, tooLarge);
}

/** Stores the request's body at `key`, and inspects what is stored. @throws {ApiError} as {@link storeBody} */
export async function receiveAudio(
  c: Context<AppEnv>,
  key: string,
  limit: Limit,
  shared?: SharedKey,
): Promise<ReceivedAudio> {
  const { sizeBytes, md5 } = await storeBody(c, key, limit, shared);
  const source = new RecordingSource(c.var.bucket, key, sizeBytes);
  const inspection = await probeRecording(source).finally(() => source.close());
  return { inspection, sizeBytes, md5 };
}

function requireStored(stored: Stored, tooLarge: ErrorCode): StoredBody {
  switch (stored.kind) {
    case "stored":
      return stored;
    case "interrupted":
      throw new ApiError("upload_interrupted");
    case "empty":
      throw new ApiError("empty_body");
    case "too-large":
      throw new ApiError(tooLarge);
    case "occupied":
      throw new Error("a key that is nobody else's was taken");
  }
}
