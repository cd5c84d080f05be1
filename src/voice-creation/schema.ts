// The input of a voice creation, and the response to it.
import * as z from "zod/mini";
import { voiceFields } from "../platform/voice-fields.ts";

/** The query parameters of `POST /api/voices/create`, and the fields of a system voice in a manifest. */
export const voiceInput = z.object(voiceFields);

export type VoiceInput = z.output<typeof voiceInput>;

/** The 201 response. */
export const voiceCreated = z.object({ id: z.string(), name: z.string(), message: z.string() });
