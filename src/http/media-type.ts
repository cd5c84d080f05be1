// Parses the media type of a Content-Type (RFC 9110 §8.3.1).

/** The type without its parameters, in lower case; empty when absent. */
export const mediaType = (contentType: string | undefined): string =>
  contentType?.split(";")[0]?.trim().toLowerCase() ?? "";

/** Whether the body is declared to consist of parts with headers of their own (RFC 2046 §5.1), as a form is. */
export const isMultipart = (contentType: string | undefined): boolean =>
  mediaType(contentType).startsWith("multipart/");
