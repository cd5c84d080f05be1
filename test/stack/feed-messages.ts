// Messages of the change feed, signed by Node's own HMAC as the service signs them.
import { createHmac } from "node:crypto";
import { EVENTS_SECRET } from "../support/event-settings.ts";

export interface Signing {
  secret?: string;
  sentAt?: number;
  signedBody?: string;
}

export function message(
  event: object,
  { secret = EVENTS_SECRET, sentAt = Date.now(), signedBody }: Signing = {},
) {
  const body = JSON.stringify(event);
  const [id, timestamp] = ["evt_1", String(Math.floor(sentAt / 1000))];
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const text = `${id}.${timestamp}.${signedBody ?? body}`;
  const signature = `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  return new Request("https://app.example.com/api/resonance-events", { method: "POST", headers, body });
}

export const TIMES = { createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-06-07T08:09:10.011Z" };
export const voice = (type: string, sequence: number, more: object = {}) => ({
  type: `voice.${type}`,
  timestamp: TIMES.updatedAt,
  sequence,
  data: {
    ...{ id: "voice_a", orgId: "org_a", name: 'O\'Brien "Jo" 声', description: null, category: "PODCAST" },
    ...{ language: "en-IE", variant: "CUSTOM", r2ObjectKey: "voices/orgs/org_a/voice_a", ...TIMES },
    ...more,
  },
});
export const generation = (type: string, sequence: number, more: object = {}) => ({
  type: `generation.${type}`,
  timestamp: TIMES.updatedAt,
  sequence,
  data: {
    ...{
      id: "gen_a",
      orgId: "org_a",
      voiceId: "voice_a",
      voiceName: "Jo",
      text: '\'; drop table "Voice"; --',
    },
    ...{ r2ObjectKey: "generations/orgs/org_a/gen_a", temperature: 0.30000000000000004, topP: 1e-7 },
    ...{ topK: -1, repetitionPenalty: 1e20, failureReason: null, ...TIMES },
    ...more,
  },
});
