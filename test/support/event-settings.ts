// The settings under which the Worker under test sends its changes to the receiver of event-receiver.ts.

/** With a token, which must not reach the log. */
export const EVENTS_URL = "https://events.test/hooks?token=of-the-address";
/** The base64 of 24 bytes: the fewest that Standard Webhooks allows. */
export const EVENTS_SECRET = "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzLi4u";
