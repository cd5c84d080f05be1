// Parses the media type of a Content-Type (RFC 9110 §8.3.1).

/** The type without its parameters, in lower case; empty when absent. */
export const mediaType = (contentType: string | undefined): string =>
  contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
