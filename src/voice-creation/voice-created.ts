// The 201 response to a voice creation: to the first request and to a replay under its Idempotency-Key.
import type { Context } from "hono";
import type * as z from "zod/mini";
import type { voiceCreated } from "./schema.ts";

type VoiceCreated = z.output<typeof voiceCreated>;

export function respondVoiceCreated(c: Context, { id, name }: Pick<VoiceCreated, "id" | "name">) {
  c.header("Location", `/api/voices/${id}`);
  return c.json({ id, name, message: "Voice created successfully" } satisfies VoiceCreated, 201);
}
