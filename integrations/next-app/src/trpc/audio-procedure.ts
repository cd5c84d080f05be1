// A procedure that calls the audio service as the signed-in user, and passes its errors on to the page.
import { TRPCError } from "@trpc/server";
import { ResonanceError } from "resonance-audio-client";
import { audioService } from "@/lib/audio-service";
import { orgProcedure } from "./init";

export const audioProcedure = orgProcedure.use(async ({ next }) => {
  const result = await next({ ctx: { audio: await audioService() } });
  if (!result.ok && result.error.cause instanceof ResonanceError) throw toTrpcError(result.error.cause);
  return result;
});

const CODES: Partial<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
};

const toTrpcError = (cause: ResonanceError) =>
  new TRPCError({ code: CODES[cause.status] ?? "INTERNAL_SERVER_ERROR", message: cause.message, cause });
