// The messages of the change feed in the OpenAPI document.
import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { generationEvent, voiceEvent } from "./schema.ts";

const changeMessage = (operationId: string, summary: string, event: z.ZodType) => ({
  post: {
    operationId,
    summary,
    description:
      "Sent to `EVENTS_URL`, signed as Standard Webhooks specifies: at least once, and for each object in order.",
    tags: ["Events"],
    security: [],
    requestParams: {
      header: z.object({
        "webhook-id": z.string().meta({ description: "The same in each repetition of the event" }),
        "webhook-timestamp": z.string().meta({ description: "Unix time of this attempt, in seconds" }),
        "webhook-signature": z.string().meta({ description: "`v1,` and an HMAC-SHA256 in base64" }),
      }),
    },
    requestBody: { required: true, content: { "application/json": { schema: event } } },
    responses: { "2XX": { description: "The event was accepted. Anything else is retried" } },
  },
});

export const eventWebhooks: ZodOpenApiPathsObject = {
  voiceChanged: changeMessage("receiveVoiceEvent", "A voice was created, updated or deleted", voiceEvent),
  generationChanged: changeMessage(
    "receiveGenerationEvent",
    "A generation became ready, failed or was deleted",
    generationEvent,
  ),
};
