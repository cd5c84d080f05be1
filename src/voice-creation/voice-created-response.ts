// The answer to a creation, the first time and again.
import type { Context } from "hono";
import type * as z from "zod";
import type { createdVoice } from "./schema.ts";

type CreatedVoice = z.output<typeof createdVoice>;

export function respondCreated(c: Context, { id, name }: Pick<CreatedVoice, "id" | "name">) {
  c.header("Location", `/api/voices/${id}`);
  return c.json({ id, name, message: "Voice created successfully" } satisfies CreatedVoice, 201);
}
