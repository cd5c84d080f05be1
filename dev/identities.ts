// The demo organisations and the credentials of the fakes. None of them is valid outside the local stack.

/** An organisation with an active subscription. */
export const DEMO_ORG = "org_demo";
/** A customer of the Polar fake without a subscription. */
export const FREE_ORG = "org_free";

export const LOCAL_POLAR_TOKEN = "polar_oat_local_fake";
export const LOCAL_INGEST_SECRET = "local-ingest-secret-for-development-only";
export const LOCAL_LINK_SECRET = "local:local-link-secret-for-development-only";
export const LOCAL_POLAR_WEBHOOK_SECRET = "whsec_bG9jYWwgZGV2ZWxvcG1lbnQgc2VjcmV0";
export const LOCAL_EVENTS_SECRET = "whsec_bG9jYWwgY2hhbmdlIGZlZWQgc2VjcmV0";

/** The `iss` of local session tokens. */
export const LOCAL_ISSUER = "https://local.clerk.accounts.dev";

/** A publishable key in Clerk's format: the instance's host, terminated by `$`, in base64. */
export const LOCAL_PUBLISHABLE_KEY = `pk_test_${btoa("local.clerk.accounts.dev$")}`;

/** The `azp` of local session tokens, on whatever port the stack listens. */
export const LOCAL_ORIGIN = "http://localhost:8787";
