// The entries of `issues` in the response to invalid input. No I/O: the console imports the type.
import { config, type core } from "zod/mini";
import en from "zod/v4/locales/en.js";

// zod/mini has no messages of its own. This sets those of the issues for which a schema states none.
config(en());

/** One entry of `issues` in a 400 response. */
export interface InputIssue {
  code: string;
  message: string;
  path: PropertyKey[];
}

/** zod's issues with the codes of the contract: zod 4 renamed `invalid_enum_value`. */
export const toInputIssues = (error: core.$ZodError): InputIssue[] =>
  error.issues.map(({ code, message, path }) => ({
    code: code === "invalid_value" ? "invalid_enum_value" : code,
    message,
    path,
  }));
