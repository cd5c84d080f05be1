// Receives the service's change feed, so that the console learns what other tabs and back ends have changed.
import { Hono } from "hono";
import { Webhook } from "standardwebhooks";
import type { ChangeEvent } from "../src/events/schema.ts";

const MAX_KEPT = 500;
/** Of one organisation. */
const MAX_LISTED = 50;
/** The text of a generation can have 100,000 characters, and each live update has the whole list. */
const MAX_TITLE_CHARACTERS = 200;

/** A change of a voice or a generation. */
export interface RecordedChange extends Pick<ChangeEvent, "type" | "sequence"> {
  id: string;
  /** Null for a system voice. */
  orgId: string | null;
  /** The voice's name, or the beginning of the generation's text. */
  title: string;
}

/** `POST /` takes one event; `GET /?org=…` returns `{items}`, the latest changes of an organisation, the oldest first. */
export function createChangeLog(secret: string) {
  const webhook = new Webhook(secret);
  const kept: RecordedChange[] = [];
  return new Hono()
    .post("/", async (c) => {
      const { type, sequence, data } = webhook.verify(await c.req.text(), c.req.header()) as ChangeEvent;
      const title = ("name" in data ? data.name : data.text).slice(0, MAX_TITLE_CHARACTERS);
      kept.push({ type, sequence, id: data.id, orgId: data.orgId, title });
      kept.splice(0, kept.length - MAX_KEPT);
      return c.body(null, 204);
    })
    .get("/", (c) => {
      const org = c.req.query("org");
      return c.json({ items: kept.filter(({ orgId }) => orgId === org).slice(-MAX_LISTED) });
    })
    .onError((error, c) => c.json({ error: error.message }, 401));
}
