// A Next.js server action that generates speech and hands it to the service as it comes, instead of writing to R2.
"use server";

interface Order {
  orgId: string;
  voiceId: string;
  voiceName: string;
  text: string;
}

interface Settings {
  /** The service's origin, and its INGEST_SECRET. */
  audioOrigin: string;
  ingestSecret: string;
  /** Where the text-to-speech backend answers with a WAV. */
  speechUrl: string;
}

/** Generates `order` and answers with its id. The front end may ask for its audio from the first moment: it is 409. */
export async function generate(
  order: Order,
  { audioOrigin, ingestSecret, speechUrl }: Settings,
): Promise<string> {
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

  await requireOk(await putJson("", order));
  try {
    const speech = await requireOk(await fetch(speechUrl, { method: "POST", body: JSON.stringify(order) }));
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
