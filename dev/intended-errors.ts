// Says in the terminal which errors are meant to happen, so that they are not taken for failures of the stack: those of
// the demo data, and those that follow from a fault injected into Polar.
import type { PolarFault } from "./polar-schema.ts";

/** Miniflare appends this header's value to the line of the request, and removes the header. */
const ADDITIONAL_LOG = "X-Mf-Additional-Response-Log";
/** The rows that dev/seed.ts writes without audio. */
const WITHOUT_AUDIO = /^\/api\/(?:voices|audio)\/\w+_demo_missing$/;

/** Marks the 502 of a row that is in the demo data without audio. */
export function markIntended(path: string, response: Response): Response {
  if (response.status !== 502 || !WITHOUT_AUDIO.test(path)) return response;
  const marked = new Response(response.body, response);
  marked.headers.set(
    ADDITIONAL_LOG,
    `intended: the demo data has no audio for it (request ${response.headers.get("X-Request-Id")})`,
  );
  return marked;
}

export const announceFault = ({ target, kind, status }: PolarFault): void =>
  console.log(
    `Intended: the injected fault "${kind === "status" ? status : kind}" of Polar's ${target} takes effect now. Errors that follow from it are intended as well.`,
  );
