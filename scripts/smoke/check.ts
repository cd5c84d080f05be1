// What a check is, what it may find, and what it may ask the deployment with.
import type { Client } from "./client.ts";
import type { SessionToken } from "./session-token.ts";

export type Outcome =
  | { kind: "ok"; detail: string }
  /** The deployment does not offer what the check asks for, and need not. */
  | { kind: "not applicable"; detail: string }
  | { kind: "not asked"; detail: string }
  | { kind: "failed" | "token expired"; detail: string; advice: string };

export interface Check {
  name: string;
  needsToken: boolean;
  run: (context: Context) => Promise<Outcome>;
}

export interface Context {
  client: Client;
  token: SessionToken | undefined;
  /** The voice that is played; looked up once. */
  voiceId: () => Promise<string>;
  /** That voice, played whole; once. */
  playedVoice: () => Promise<PlayedVoice>;
  /** Whether voices may be created, which is billed. */
  mayCreate: boolean;
  /** How long to wait for a run of the cron. */
  cronWaitMs: number;
  /** Aborted when the operator interrupts the tool. */
  interrupted: AbortSignal;
}

export interface PlayedVoice {
  id: string;
  bytes: Buffer;
  /** Only system voices are cached at the edge. */
  isSystemVoice: boolean;
  headers: Record<string, string | undefined>;
}

/** What a check found wrong, and what the operator can do. */
export class CheckFailure extends Error {
  override name = "CheckFailure";
  readonly advice: string;

  constructor(detail: string, advice: string) {
    super(detail);
    this.advice = advice;
  }
}

export const ok = (detail: string): Outcome => ({ kind: "ok", detail });
export const notApplicable = (detail: string): Outcome => ({ kind: "not applicable", detail });
