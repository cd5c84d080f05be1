// What the API and the stand-ins answer, as far as the console shows it.

export interface Voice {
  id: string;
  name: string;
  description: string | null;
  category: string;
  language: string;
  variant: "SYSTEM" | "CUSTOM";
  state: "processing" | "ready";
  contentType: string | null;
  durationSeconds: number | null;
  sizeBytes: number | null;
  audioUrl: string | null;
}

export interface Generation {
  id: string;
  voiceName: string;
  text: string;
  state: "processing" | "ready" | "failed";
  failureReason: string | null;
  durationSeconds: number | null;
  sizeBytes: number | null;
  /** ISO 8601. */
  createdAt: string;
  audioUrl: string | null;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface PolarEvent {
  name: string;
  external_id?: string;
  external_customer_id?: string;
  /** ISO 8601. */
  received_at: string;
  duplicates: number;
}

export interface PolarFault {
  target: "events" | "customers";
  kind: "status" | "hang" | "lose_response";
  status: number;
  times: number;
}
