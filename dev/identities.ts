// Who exists locally: the demo organisations and the credentials of the stand-ins. Worth nothing elsewhere.

/** Has an active subscription from the start. */
export const DEMO_ORG = "org_demo";
/** Known to the billing stand-in, without a subscription. */
export const FREE_ORG = "org_free";

export const LOCAL_POLAR_TOKEN = "polar_oat_local_stand_in";
export const LOCAL_INGEST_SECRET = "local-ingest-secret-of-the-stand-ins";
export const LOCAL_POLAR_WEBHOOK_SECRET = "whsec_bG9jYWwgc3RhbmQtaW4=";

/** Who signs the local tokens, as their `iss` names it. */
export const LOCAL_ISSUER = "https://local.clerk.accounts.dev";

/** A publishable key as Clerk makes them: its instance's host, `$`-terminated, in base64. */
export const LOCAL_PUBLISHABLE_KEY = `pk_test_${btoa("local.clerk.accounts.dev$")}`;

/** The origin that local tokens are issued to, whatever port the stack listens on. */
export const LOCAL_ORIGIN = "http://localhost:8787";
