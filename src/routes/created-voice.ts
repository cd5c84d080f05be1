// The answer to a creation, the first time and again.
import type { Context } from "hono";

export function respondCreated(c: Context, { id, name }: { id: string; name: string }) {
  c.header("Location", `/api/voices/${id}`);
  return c.json({ id, name, message: "Voice created successfully" }, 201);
}
