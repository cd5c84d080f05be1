// Checks responses against the OpenAPI document: status, media type, required headers and JSON body.
import { Validator } from "@cfworker/json-schema";
import { expect } from "vitest";
import document from "../../src/openapi/openapi.json" with { type: "json" };

interface DocumentedResponse {
  headers?: Record<string, { required?: boolean }>;
  content?: Record<string, { schema?: object }>;
}
interface Operation {
  operationId: string;
  responses: Record<string, DocumentedResponse>;
}

const paths = Object.entries(document.paths as unknown as Record<string, Record<string, Operation>>);
const matchers = paths.map(([path, operations]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  operations,
}));

/** Every operation with every status that the document gives it, as `operationId status`. */
export const documentedOutcomes = paths.flatMap(([, operations]) =>
  Object.values(operations).flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  ),
);

function operationOf(method: string, path: string): Operation | undefined {
  const name = method === "HEAD" ? "get" : method.toLowerCase();
  return matchers.find(({ pattern, operations }) => pattern.test(path) && operations[name])?.operations[name];
}

/**
 * Fails for a response that the document does not describe.
 * @returns `operationId status`, or an empty string for a path that the document does not have
 */
export async function expectMatchesOpenApi(request: Request, response: Response): Promise<string> {
  const { pathname } = new URL(request.url);
  const operation = operationOf(request.method, pathname);
  expect(response.headers.get("X-Request-Id")).toBeTruthy();
  if (!operation) {
    // The CORS middleware responds to a preflight.
    expect(request.method === "OPTIONS" ? [204, 404, 405] : [404, 405]).toContain(response.status);
    return "";
  }
  const outcome = `${operation.operationId} ${response.status}`;
  const documented = operation.responses[response.status];
  expect(documented, `${outcome} is not in the document`).toBeDefined();
  for (const [name, { required }] of Object.entries(documented?.headers ?? {})) {
    if (required) expect(response.headers.has(name), `${outcome} has ${name}`).toBe(true);
  }
  await expectDocumentedBody(documented?.content ?? {}, request, response, outcome);
  return outcome;
}

async function expectDocumentedBody(
  content: NonNullable<DocumentedResponse["content"]>,
  { method }: Request,
  response: Response,
  outcome: string,
): Promise<void> {
  const type = response.headers.get("Content-Type");
  if (Object.keys(content).length === 0) return expect(response.body, outcome).toBeNull();
  const mediaRange = Object.keys(content).find((known) => type?.startsWith(known.replace("*", "")));
  expect(mediaRange, `${outcome} as ${type} is in the document`).toBeDefined();
  const schema = content[mediaRange ?? ""]?.schema;
  if (!schema || method === "HEAD") return;
  const { components } = document;
  const { valid, errors } = new Validator({ ...schema, components }, "2020-12").validate(
    await response.clone().json(),
  );
  expect(valid, `${outcome}: ${JSON.stringify(errors)}`).toBe(true);
}
