// `npm run -s token -- --org org_demo [--user user_demo] [--expires-in 3600] [--v1]`: prints one signed session token.
import { parseArgs } from "node:util";
import { signSessionToken } from "./clerk.ts";
import { DEMO_ORG } from "./identities.ts";
import { localClerkKeys } from "./keys.ts";

const { values } = parseArgs({
  options: {
    org: { type: "string", default: DEMO_ORG },
    user: { type: "string", default: "user_demo" },
    "expires-in": { type: "string", default: "3600" },
    v1: { type: "boolean", default: false },
  },
});
const expiresInSeconds = Number(values["expires-in"]);
if (!Number.isSafeInteger(expiresInSeconds)) {
  console.error("--expires-in must be a whole number of seconds");
  process.exit(2);
}

const { privateKey } = await localClerkKeys();
const subject = {
  orgId: values.org,
  userId: values.user,
  expiresInSeconds,
  version: values.v1 ? 1 : 2,
} as const;
console.log(await signSessionToken(privateKey, subject));
