// Requests that change a voice, and what it is afterwards.
import { env } from "cloudflare:workers";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { type Call, call } from "../support/call.ts";

export const JSON_TYPE = { "Content-Type": "application/json" };

export const patch = (id: string, as: string, update: unknown, { headers, ...more }: Call = {}) =>
  call(`/api/voices/${id}`, {
    as,
    method: "PATCH",
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(update),
    ...more,
  });

export const metadata = async (id: string, as: string) =>
  (await (await call(`/api/voices/${id}/metadata`, { as })).json()) as VoiceResource;

export const nameOf = (id: string) =>
  env.DB.prepare("select name from voices where id = ?").bind(id).first("name");
