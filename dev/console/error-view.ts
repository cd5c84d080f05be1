// Maps an API error to the text and the action that the console offers the user.
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import type { ApiError } from "./api.ts";

/** What the user can do. */
type ErrorAction = "retry" | "sign-in" | "subscribe" | "choose-recording";

export interface ErrorView {
  title: string;
  text: string;
  action: ErrorAction;
}

const view = (title: string, text: string, action: ErrorAction = "retry"): ErrorView => ({
  title,
  text,
  action,
});

/** The view of a voice that was not created, also of a recording that the service would answer so. */
export function uploadErrorView({ status, message }: Pick<ApiError, "status" | "message">): ErrorView {
  switch (status) {
    case 400:
      return view("The upload failed", message);
    case 401:
      return view(
        "You are signed out",
        "Your session has expired. Sign in again to continue the upload.",
        "sign-in",
      );
    case 403:
      return message === "SUBSCRIPTION_REQUIRED"
        ? view(
            "Subscription required",
            "This organisation has no active subscription. Activate one to create voices.",
            "subscribe",
          )
        : view("Request not allowed", message);
    case 413:
      return view(
        "The recording is too large",
        "The limit is 20 MB. Shorten the recording or save it as MP3.",
        "choose-recording",
      );
    case 422:
      return recordingErrorView(message);
    case 429:
      return view(
        "Too many uploads",
        "The limit is 30 uploads a minute for an organisation. Your recording is kept.",
      );
    case 503:
      return view("The service is busy", message);
    default:
      return view("Request failed", message);
  }
}

export const NOT_AUDIO = "File is not a valid audio file";

function recordingErrorView(message: string): ErrorView {
  if (message.startsWith("Audio too short")) {
    const seconds = /\(([\d.]+)s\)/.exec(message)?.[1] ?? `less than ${MIN_DURATION_SECONDS}`;
    const text = `It lasts ${seconds} seconds. Choose a recording of at least ${MIN_DURATION_SECONDS} seconds.`;
    return view("The recording is too short", text, "choose-recording");
  }
  const isNotAudio = message.startsWith(NOT_AUDIO);
  if (!isNotAudio && !message.includes(" recordings are not supported.")) {
    return view("Request failed", message);
  }
  const text =
    message === NOT_AUDIO ? "Choose an audio file such as MP3, WAV, M4A, FLAC, Ogg or WebM." : message;
  return view("The file is not a supported audio file", text, "choose-recording");
}

/** The view of a list or an audio that could not be loaded. */
export function loadErrorView({ status, message }: ApiError): ErrorView {
  switch (status) {
    case 0:
      return view("The service did not respond", "Check that npm run dev is still running, then try again.");
    case 401:
      return view("You are signed out", "Your session has expired. Sign in again.", "sign-in");
    default:
      return view("Request failed", message);
  }
}
