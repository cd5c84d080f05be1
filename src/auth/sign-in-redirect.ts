// Where a document navigation without a valid session is sent: to the app's sign-in page, which renews the session and
// sends the browser back. Pure.

/** Where Clerk's sign-in page returns to (https://clerk.com/docs/guides/development/customize-redirect-urls). */
const RETURN_PARAMETER = "redirect_url";
/** In the address to return to: when the browser was sent away, in Unix seconds. */
const SENT_PARAMETER = "sign_in_at";
/**
 * A browser that is back this soon and still has no valid session would be sent back and forth for ever, for instance
 * without an active organisation. Less than the minute that a session token lives, so that a reload is redirected again.
 */
const LOOP_SECONDS = 30;

/** The address to redirect `request` to; null when it is answered like any other request. `now` is in milliseconds. */
export function signInLocation(request: Request, signInUrl: string | undefined, now: number): string | null {
  if (signInUrl === undefined || !isDocumentNavigation(request)) return null;
  const returnUrl = new URL(request.url);
  const nowSeconds = Math.floor(now / 1000);
  const sentAt = Number(returnUrl.searchParams.get(SENT_PARAMETER));
  if (Math.abs(nowSeconds - sentAt) <= LOOP_SECONDS) return null;
  returnUrl.searchParams.set(SENT_PARAMETER, String(nowSeconds));
  const location = new URL(signInUrl);
  location.searchParams.set(RETURN_PARAMETER, returnUrl.href);
  return location.href;
}

/** Fetch Metadata (https://www.w3.org/TR/fetch-metadata/), which browsers alone send, and pages cannot set. */
const isDocumentNavigation = ({ method, headers }: Request): boolean =>
  method === "GET" &&
  headers.get("Sec-Fetch-Mode") === "navigate" &&
  headers.get("Sec-Fetch-Dest") === "document";
