// What differs when a tool works on the deployed service: wrangler's remote bindings, and what can go wrong with them.
import type { Unstable_RawConfig } from "wrangler";
import { ToolError } from "./tool-error.ts";

/**
 * wrangler.toml's D1 and R2 bindings, each with `remote = true`.
 * @throws {ToolError} when a database has no id yet
 */
export const remoteBindings = ({ d1_databases, r2_buckets }: Unstable_RawConfig) => ({
  // Without their preview ids, which would be taken for the deployed ones.
  d1_databases: d1_databases?.map(({ binding, database_name, database_id }) => {
    if (database_id === undefined) {
      throw new ToolError(
        `wrangler.toml names no database_id for ${database_name}: add the one that \`npx wrangler d1 create\` ` +
          "printed, or that `npx wrangler d1 list` shows.",
      );
    }
    return { binding, database_name, database_id, remote: true };
  }),
  r2_buckets: r2_buckets?.map(({ binding, bucket_name, jurisdiction }) => ({
    ...{ binding, bucket_name, jurisdiction },
    remote: true,
  })),
});

/** wrangler's error in an operator's terms. */
export function explainRemoteError(error: unknown): ToolError {
  const message = error instanceof Error ? error.message : String(error);
  const isUnknown = /CLOUDFLARE_API_TOKEN|could not be authenticated|Did not login/.test(message);
  const advice = isUnknown
    ? "Cloudflare does not know who you are: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token " +
      "that may edit Workers, D1 and R2."
    : "The deployed D1 and R2 could not be opened.";
  return new ToolError(`${advice}\nwrangler says: ${message}`, { cause: error });
}
