// What every check expects of an answer. Details name statuses and headers, never a credential.

import { CheckFailure, type Context } from "./check.ts";
import type { Answer } from "./client.ts";

const MAX_EXCERPT_CHARACTERS = 120;

/** What an answer was, for a detail. */
export function describe({ status, headers, body }: Answer): string {
  const text = headers["content-type"]?.includes("json") ? ` ${body.toString("utf8")}` : "";
  return `${status}${text.slice(0, MAX_EXCERPT_CHARACTERS)}`;
}

/** @throws {CheckFailure} unless the status is `status` */
export function expectStatus(answer: Answer, status: number, advice: string): void {
  if (answer.status !== status) throw new CheckFailure(`${describe(answer)} instead of ${status}`, advice);
}

export function parseJson(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString("utf8"));
  } catch {
    throw new CheckFailure(
      `${answer.status} without a JSON body`,
      "This is not the service: is the path in `routes`, and is the host proxied through Cloudflare?",
    );
  }
}

/** The member `error` of an error's body. */
export const errorOf = (answer: Answer): unknown => (parseJson(answer) as { error?: unknown }).error;

/** @throws {CheckFailure} when a security header is missing */
export function expectSecurityHeaders(headers: Answer["headers"]): void {
  const wanted: [string, RegExp][] = [
    ["x-content-type-options", /^nosniff$/],
    ["content-security-policy", /default-src 'none'.*sandbox/],
    ["x-request-id", /./],
  ];
  const wrong = wanted.filter(([name, value]) => !value.test(headers[name] ?? "")).map(([name]) => name);
  if (wrong.length === 0) return;
  throw new CheckFailure(
    `without the right ${wrong.join(", ")}`,
    "The service sends them: look for a rule of the zone that changes response headers.",
  );
}

/** The advice for an answer to a request with a session. */
export function sessionAdvice({ client }: Context): string {
  return (
    `A 401 means that the deployment refuses the token: compare CLERK_JWT_KEY with the Clerk instance, and ` +
    `CLERK_AUTHORIZED_PARTIES with the app's origin; the token must have an active organisation. Otherwise look for ` +
    `the request in the log of ${client.origin.host}.`
  );
}
