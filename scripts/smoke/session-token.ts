// The session token that the checks send. Only its expiry is read here; the deployment verifies it.
import { readFile } from "node:fs/promises";
import { messageOf, ToolError, UsageError } from "../operator/tool-error.ts";

/** Below this, the checks that need the token may not finish in time. */
const SHORT_MS = 20_000;

export const HOW_TO_GET_A_TOKEN =
  "Clerk's session tokens live for a minute. Sign in to the app, run `await window.Clerk.session.getToken()` in the " +
  "browser's console, and pass its result at once: SMOKE_TOKEN=… npm run smoke -- …";

export interface SessionToken {
  text: string;
  expiresAt: Date;
}

export const isExpired = ({ expiresAt }: SessionToken): boolean => expiresAt.getTime() <= Date.now();

export const isShortLived = ({ expiresAt }: SessionToken): boolean =>
  expiresAt.getTime() - Date.now() < SHORT_MS;

interface Source {
  token: string | undefined;
  tokenFile: string | undefined;
  /** SMOKE_TOKEN. */
  variable: string | undefined;
}

/** @throws {ToolError} when it is not a JWT, or has expired */
export async function readSessionToken({
  token,
  tokenFile,
  variable,
}: Source): Promise<SessionToken | undefined> {
  if (token !== undefined && tokenFile !== undefined) {
    throw new UsageError("--token and --token-file exclude each other");
  }
  const text = (token ?? (tokenFile === undefined ? variable : await readToken(tokenFile)))?.trim();
  if (!text) return undefined;
  const parsed = { text, expiresAt: expiryOf(text) };
  if (isExpired(parsed)) {
    const seconds = Math.round((Date.now() - parsed.expiresAt.getTime()) / 1000);
    throw new ToolError(`The token expired ${seconds} s ago. ${HOW_TO_GET_A_TOKEN}`);
  }
  return parsed;
}

const readToken = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: unknown) => {
    throw new ToolError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });

function expiryOf(token: string): Date {
  const [, payload = ""] = token.split(".");
  try {
    const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp?: unknown };
    if (typeof exp === "number") return new Date(exp * 1000);
  } catch {
    // Not JSON: reported below, without the token.
  }
  throw new ToolError(`The token is not a session token: it has no expiry. ${HOW_TO_GET_A_TOKEN}`);
}
