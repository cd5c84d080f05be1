// A Next.js server action that generates speech and hands it to the service as it comes, instead of writing to R2.

interface Order {
  voiceId: string;
  voiceName: string;
  text: string;
}

/** From the app's environment; none of it is the page's to say. */
interface Settings {
  /** The service's origin, and its INGEST_SECRET. */
  audioOrigin: string;
  ingestSecret: string;
  /** Where the text-to-speech backend answers with a WAV. */
  speechUrl: string;
}

/** Clerk's `auth` of @clerk/nextjs/server. */
type Auth = () => Promise<{ orgId?: string | null | undefined }>;

/**
 * The action: answers with the generation's id, under which the front end may ask for its audio from the first moment
 * (409 until it is there). Whose generation it is, the session says. Check what a page sends as you do elsewhere.
 */
export const createGenerateAction = (auth: Auth, settings: Settings) =>
  async function generate(order: Order): Promise<string> {
    "use server";
    const { orgId } = await auth();
    if (!orgId) throw new Error("Not signed in to an organisation");
    return handIn(orgId, order, settings);
  };

async function handIn(orgId: string, order: Order, settings: Settings): Promise<string> {
  const { audioOrigin, ingestSecret, speechUrl } = settings;
  const id = crypto.randomUUID();
  const put = (step: string, headers: Record<string, string>, body: BodyInit) =>
    fetch(`${audioOrigin}/internal/generations/${id}${step}`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${ingestSecret}`, ...headers },
      body,
      // Node streams a body only on this condition.
      duplex: "half",
    } as RequestInit);
  const putJson = (step: string, value: unknown) =>
    put(step, { "Content-Type": "application/json" }, JSON.stringify(value));

  const { voiceId, voiceName, text } = order;
  await requireOk(await putJson("", { orgId, voiceId, voiceName, text }));
  try {
    const body = JSON.stringify({ voiceId, text });
    const speech = await requireOk(await fetch(speechUrl, { method: "POST", body }));
    if (!speech.body) throw new Error("The speech backend sent nothing");
    const length = speech.headers.get("Content-Length");
    await requireOk(await put("/audio", length ? { "Content-Length": length } : {}, speech.body));
  } catch (error) {
    await putJson("/failure", { reason: "The speech could not be generated." });
    throw error;
  }
  return id;
}

async function requireOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}
