// The errors of D1 and R2 that Cloudflare documents, as their bindings throw them.

/** The errors to retry: https://developers.cloudflare.com/d1/observability/debug-d1/. */
export const TRANSIENT_D1_ERRORS = [
  "D1_ERROR: Network connection lost.",
  "D1_ERROR: D1 DB reset because its code was updated.",
  "D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.",
  "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
  "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.",
  "D1_ERROR: Can't read from request stream because client disconnected.",
];
/** Errors of the same list that are not to be retried. */
export const OTHER_D1_ERRORS = [
  "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
  "D1_ERROR: D1 DB is overloaded. Too many requests queued.",
  "D1_ERROR: D1 DB's isolate exceeded its memory limit and was reset.",
  "D1_ERROR: D1 DB exceeded its CPU time limit and was reset.",
];
/** Refusals of a write, after which nothing is stored: https://developers.cloudflare.com/r2/api/error-codes/. */
export const R2_REFUSALS = [
  "put: We encountered an internal error. Please try again. (10001)",
  "put: Your request body ended before its Content-Length was reached. (10013)",
  "put: Service temporarily unavailable. (10043)",
  "put: Client disconnected before the request completed. (10054)",
  "put: Reduce your concurrent request rate for the same object. (10058)",
];
