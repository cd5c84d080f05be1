// Language tags (BCP 47): how the app's list writes them, and which are well formed.
import { parse, stringify } from "bcp-47";

/**
 * The tag with hyphens between its subtags and none at its end. The list of the app (the package locale-codes) has
 * Windows names such as `ca-ES-` and `es-ES_tradnl`. Letter case is kept: tags are compared without it.
 */
export const normalizeLanguageTag = (tag: string): string => tag.replaceAll("_", "-").replace(/-$/, "");

/** Whether `tag` is well formed (RFC 5646 §2.2.9). */
// bcp-47 lower-cases the tag first, which turns U+212A (KELVIN SIGN) into a k: only ASCII is accepted.
export const isWellFormedLanguageTag = (tag: string): boolean =>
  /^[a-z\d-]+$/i.test(tag) && stringify(parse(tag)) !== "";

/** Basic filtering (RFC 4647 §3.3.1): the range itself, or a tag that continues after it with a hyphen; any without range. */
export const matchesLanguageRange = (tag: string, range: string | undefined): boolean =>
  range === undefined || `${tag}-`.toLowerCase().startsWith(`${range}-`.toLowerCase());
