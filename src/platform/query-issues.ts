// What is wrong with a query string itself, before its values are validated. Pure.
import type { InputIssue } from "./input-issues.ts";

/**
 * A parameter that appears more than once, and percent-encoding that is malformed or not UTF-8: Hono would keep such
 * text as it is. Other parameters than `names` may be repeated, since they are ignored.
 */
export function findQueryIssues(url: string, names: readonly string[]): InputIssue[] {
  const query = url.split("?").slice(1).join("?");
  const messages = new Map<string, string>();
  const seen = new Set<string>();
  for (const pair of query.split("&")) {
    const [rawName = "", ...rest] = pair.split("=");
    const name = decode(rawName);
    const isKnown = name !== null && names.includes(name);
    if (name === null || decode(rest.join("=")) === null) {
      messages.set(isKnown ? name : "", `${isKnown ? name : "The query"} is not valid percent-encoded UTF-8`);
    } else if (isKnown && seen.has(name) && !messages.has(name)) {
      messages.set(name, `${name} appears more than once in the query`);
    }
    if (isKnown) seen.add(name);
  }
  return [...messages].map(([name, message]) => ({ code: "custom", message, path: name ? [name] : [] }));
}

/** The decoded text (application/x-www-form-urlencoded: `+` is a space), or null when it is malformed. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}
