// The headers that differ when audio is played by a link instead of a session. Pure.
import type { PresentedLink } from "./access.ts";
import { attachment } from "./attachment.ts";
import type { AudioHeaders } from "./audio-response.ts";

/**
 * How long a browser may replay what a link opened. As long as the private audio of a session, whose cookie changes each
 * minute: after that it asks again, and audio that was deleted meanwhile is gone.
 */
const MAX_AGE_SECONDS = 60;

/** The headers of a response to `link`, instead of those for a session; none without one. `now` is in Unix milliseconds. */
export function linkHeaders(
  link: PresentedLink | null,
  contentType: string,
  now: number,
): Partial<AudioHeaders> {
  if (link === null) return {};
  const secondsLeft = Math.max(0, link.expiresAt - Math.ceil(now / 1000));
  return {
    // Private also for a system voice: a shared cache must not know the link.
    "Cache-Control": `private, max-age=${Math.min(MAX_AGE_SECONDS, secondsLeft)}`,
    // Only who has the link can embed it. A Chromecast plays it in a page of another site.
    "Cross-Origin-Resource-Policy": "cross-origin",
    ...(link.download !== undefined && { "Content-Disposition": attachment(link.download, contentType) }),
  };
}
