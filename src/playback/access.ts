// Middleware that decides for which organisation audio is played: that of a playback link, otherwise that of the session.
import { createMiddleware } from "hono/factory";
import { authenticate } from "../auth/session.ts";
import { signInLocation } from "../auth/sign-in-redirect.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { type LinkedAudio, verifyLink } from "./link-token.ts";

/** For which organisation a request plays, and by what. */
interface PlaybackAccess {
  orgId: string;
  /** Null for a session. */
  link: PresentedLink | null;
}

export interface PresentedLink {
  /** Unix time in seconds. */
  expiresAt: number;
  /** The name to save the audio under; undefined when it is played. */
  download: string | undefined;
}

/** The context after the middleware {@link playbackAccess}. */
export interface PlaybackEnv extends BaseEnv {
  Variables: BaseEnv["Variables"] & { access: PlaybackAccess };
}

/**
 * Sets `access`. A link decides alone, also beside a session: what plays does not depend on who is signed in, and a
 * wrong link is an error wherever it is tried. A document navigation without a valid session is redirected to the app's
 * sign-in page, where one is configured.
 * @throws {ApiError} `invalid_link`, `link_expired`, `unauthorized`, `auth_unavailable`
 */
export const playbackAccess = (kind: LinkedAudio["kind"], idParameter: string) =>
  createMiddleware<PlaybackEnv>(async (c, next) => {
    const { linkKeys, signInUrl } = readConfig(c.env);
    const token = linkKeys.length > 0 ? c.req.query("link") : undefined;
    if (token === undefined) {
      const session = await authenticate(c.env, c.req);
      if (!session) {
        const location = signInLocation(c.req.raw, signInUrl, Date.now());
        if (location === null) throw new ApiError("unauthorized");
        return c.redirect(location, 302);
      }
      c.set("access", { orgId: session.identity.orgId, link: null });
    } else {
      const audio = { kind, id: c.req.param(idParameter) ?? "" };
      const verdict = await verifyLink(linkKeys, token, audio, Date.now());
      if (verdict.kind !== "valid") {
        throw new ApiError(verdict.kind === "expired" ? "link_expired" : "invalid_link");
      }
      const { orgId, expiresAt } = verdict;
      c.set("access", { orgId, link: { expiresAt, download: c.req.query("download") } });
    }
    c.set("loggedOrgId", c.get("access").orgId);
    await next();
  });
