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

/** The members of a JSON body. @throws {CheckFailure} when the body is no JSON object */
export function parseObject(answer: Answer): Record<string, unknown> {
  const value = parseJson(answer);
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw notTheService(`${describe(answer)}: no JSON object`);
}

/** The items of a list. @throws {CheckFailure} when the body is no list of this service */
export function parseItems<Item>(answer: Answer): Item[] {
  const { items } = parseObject(answer);
  if (Array.isArray(items)) return items as Item[];
  throw notTheService(`${describe(answer)}: no list`);
}

function parseJson(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString("utf8"));
  } catch {
    throw notTheService(`${answer.status} without a JSON body`);
  }
}

const notTheService = (detail: string) =>
  new CheckFailure(
    detail,
    "This is not the service: is the path in `routes`, and is the host proxied through Cloudflare?",
  );

/** Expects an error of this service: another one behind the same host may answer with the same status. */
export function expectRefusal(answer: Answer, status: number, advice: string): void {
  expectStatus(answer, status, advice);
  const { error } = parseObject(answer);
  if (typeof error === "string" && answer.headers["x-request-id"]) return;
  throw new CheckFailure(`${describe(answer)} is not this service's ${status}`, advice);
}

/** @throws {CheckFailure} when a security header is missing */
export function expectSecurityHeaders(headers: Answer["headers"]): void {
  const wanted: [string, RegExp][] = [
    ["x-content-type-options", /^nosniff$/],
    ["content-security-policy", /default-src 'none'.*sandbox/],
    ["referrer-policy", /^no-referrer$/],
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
