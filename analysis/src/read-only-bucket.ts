// The bucket as this Worker may use it. Cloudflare's R2 bindings cannot be made read-only: this type is what keeps the
// code from writing.

export type ReadOnlyBucket = Pick<R2Bucket, "get" | "head">;
