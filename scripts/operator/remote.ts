// The configuration and the errors of wrangler's remote bindings, which connect a tool to the deployed D1 and R2.
import type { Unstable_Config } from "wrangler";
import { messageOf, ToolError } from "./tool-error.ts";

/**
 * The D1 and R2 bindings of a deployment, each with `remote: true`.
 * @throws {ToolError} when a database has no `database_id`
 */
export const remoteBindings = ({
  d1_databases,
  r2_buckets,
}: Pick<Unstable_Config, "d1_databases" | "r2_buckets">) => ({
  // wrangler would prefer a preview id to the deployed one, so preview ids are left out.
  d1_databases: d1_databases.map(({ binding, database_name, database_id }) => {
    if (database_id === undefined) {
      throw new ToolError(
        `The configuration has no database_id for ${database_name}: add the one that \`npx wrangler d1 create\` ` +
          "printed, or find it with `npx wrangler d1 list`.",
      );
    }
    return { binding, database_name, database_id, remote: true };
  }),
  r2_buckets: r2_buckets.map(({ binding, bucket_name, jurisdiction }) => ({
    ...{ binding, bucket_name, jurisdiction },
    remote: true,
  })),
});

/** Adds what the operator can do to an error of wrangler. */
export function explainRemoteError(error: unknown): ToolError {
  const message = messageOf(error);
  const isUnauthenticated = /CLOUDFLARE_API_TOKEN|could not be authenticated|Did not login/.test(message);
  const advice = isUnauthenticated
    ? "wrangler is not authenticated: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token " +
      "that may edit Workers, D1 and R2."
    : "The deployed D1 and R2 could not be opened.";
  return new ToolError(`${advice}\nwrangler reported: ${message}`, { cause: error });
}
