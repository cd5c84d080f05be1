// Maps an API error to the text and the action that the console offers the user.
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import type { ApiError } from "./api.ts";

/** What the user can do: `correct` means to change the marked fields. */
type ErrorAction = "retry" | "sign-in" | "subscribe" | "correct" | "choose-recording";

export interface ErrorView {
  title: string;
  text: string;
  action: ErrorAction;
}

/** The view of a failed voice creation. */
export function uploadErrorView({ status, message, issues }: ApiError): ErrorView {
  switch (status) {
    case 0:
      return {
        title: "Connection lost",
        text: "Your recording and your input are kept. Try again when you are online.",
        action: "retry",
      };
    case 400:
      return issues.length > 0
        ? { title: "Some fields are invalid", text: "Correct the marked fields.", action: "correct" }
        : { title: "The upload failed", text: message, action: "retry" };
    case 401:
      return {
        title: "You are signed out",
        text: "Your session has expired. Sign in again to continue the upload.",
        action: "sign-in",
      };
    case 403:
      return message === "SUBSCRIPTION_REQUIRED"
        ? {
            title: "Subscription required",
            text: "This organisation has no active subscription. Activate one to create voices.",
            action: "subscribe",
          }
        : { title: "Request not allowed", text: message, action: "retry" };
    case 409:
      return {
        title: "The first upload is still in progress",
        text: "The service is still processing this upload. Try again in a moment to get its result.",
        action: "retry",
      };
    case 413:
      return {
        title: "The recording is too large",
        text: "The limit is 20 MB. Shorten the recording or save it as MP3.",
        action: "choose-recording",
      };
    case 422:
      return recordingErrorView(message);
    case 429:
      return {
        title: "Too many uploads",
        text: "The limit is 30 uploads a minute for an organisation. Your recording is kept.",
        action: "retry",
      };
    case 503:
      return {
        title: "The service is busy",
        text: "Too many uploads are in progress. Try again in a moment.",
        action: "retry",
      };
    default:
      return { title: "Request failed", text: message, action: "retry" };
  }
}

const NOT_AUDIO = "File is not a valid audio file";

function recordingErrorView(message: string): ErrorView {
  if (message.startsWith("Audio too short")) {
    const seconds = /\(([\d.]+)s\)/.exec(message)?.[1] ?? `less than ${MIN_DURATION_SECONDS}`;
    return {
      title: "The recording is too short",
      text: `It lasts ${seconds} seconds. Choose a recording of at least ${MIN_DURATION_SECONDS} seconds.`,
      action: "choose-recording",
    };
  }
  const isNotAudio = message.startsWith(NOT_AUDIO);
  if (!isNotAudio && !message.includes(" recordings are not supported.")) {
    return { title: "Request failed", text: message, action: "retry" };
  }
  return {
    title: "The file is not a supported audio file",
    text: message === NOT_AUDIO ? "Choose an audio file such as MP3, WAV, M4A, FLAC, Ogg or WebM." : message,
    action: "choose-recording",
  };
}

/** The view of a list or an audio that could not be loaded. */
export function loadErrorView({ status, message }: ApiError): ErrorView {
  switch (status) {
    case 0:
      return {
        title: "The service did not respond",
        text: "Check that npm run dev is still running, then try again.",
        action: "retry",
      };
    case 401:
      return {
        title: "You are signed out",
        text: "Your session has expired. Sign in again.",
        action: "sign-in",
      };
    default:
      return { title: "Request failed", text: message, action: "retry" };
  }
}
