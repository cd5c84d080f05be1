// Takes the audio that a request carries into R2, and finds out what it is.
import type { Context } from "hono";
import { type Stored, storeUpload } from "../adapters/audio-upload.ts";
import { RecordingSource } from "../adapters/recording-source.ts";
import type { AppEnv } from "../env.ts";
import { ApiError, type ErrorCode } from "../errors.ts";
import { type Inspection, inspect } from "../inspection/inspect.ts";
import { judgeUpload } from "../rules/upload.ts";

/** How much audio is taken, and what is said of more. */
export interface Limit {
  maxBytes: number;
  tooLarge: ErrorCode;
}

export interface ReceivedAudio {
  inspection: Inspection;
  sizeBytes: number;
  /** In base64url, where R2 tells it. */
  md5: string | null;
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
 * Stores the request's body at `key`, and inspects what is stored.
 * @throws {ApiError} `upload_interrupted`, `empty_body`, `tooLarge`; `generation_receiving` where `condition` lets
 * stand what is there
 */
export async function receiveAudio(
  c: Context<AppEnv>,
  key: string,
  { maxBytes, tooLarge }: Limit,
  condition?: R2PutOptions,
): Promise<ReceivedAudio> {
  const { bucket } = c.var;
  const stored = await storeUpload(bucket, key, c.req.raw, maxBytes, condition);
  const { sizeBytes, md5 } = requireStored(stored, tooLarge);
  const source = new RecordingSource(bucket, key, sizeBytes);
  const inspection = await inspect(source).finally(() => source.close());
  return { inspection, sizeBytes, md5 };
}

function requireStored(stored: Stored, tooLarge: ErrorCode): Extract<Stored, { kind: "stored" }> {
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
      throw new ApiError("generation_receiving");
  }
}
