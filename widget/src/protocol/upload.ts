/** Files of a message, brought to the server before it. */

import type { Client } from "./client";
import { isRecord, RequestError, refused, unanswered } from "./errors";
import type { Attachment, UploadDescriptor } from "./types";

export interface Uploading {
  attachment: Attachment;
}

/** The attachment that `file` becomes, by the strategy of the API's configuration. */
export async function upload(
  client: Client,
  file: File,
  onProgress?: (share: number) => void,
  signal?: AbortSignal,
): Promise<Attachment> {
  const { strategy } = client;
  if (strategy.type === "direct") {
    const request = { url: strategy.uploadUrl, method: "POST" as const, headers: {} };
    const answer = await carry(client, request, formOf(file), { bearer: true, onProgress, signal });
    if (!isRecord(answer) || typeof answer.id !== "string")
      throw new RequestError({ code: "no_json", detail: "", retryable: true });
    return answer as unknown as Attachment;
  }
  const mime = file.type || "application/octet-stream";
  const announced = await client.call(
    "attachments.create",
    { name: file.name, size: file.size, mime_type: mime },
    signal,
  );
  const { upload_descriptor: descriptor, ...attachment } = announced as Attachment;
  try {
    if (!descriptor) throw new RequestError({ code: "no_upload", detail: "" });
    const body = descriptor.method === "PUT" ? file : formOf(file);
    await carry(client, descriptor, body, { bearer: false, onProgress, signal });
  } catch (error) {
    // What was announced and never came would count among the reader's files for a day.
    void client.call("attachments.delete", { attachment_id: attachment.id }).catch(() => {});
    throw error;
  }
  return attachment as Attachment;
}

interface Carrying {
  /** Whether the request must prove who asks; addresses that a server gives for an upload prove it by themselves. */
  bearer: boolean;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

async function carry(
  client: Client,
  to: UploadDescriptor,
  body: Blob | FormData,
  how: Carrying,
): Promise<unknown> {
  how.onProgress?.(0);
  const plain = !client.hasOwnFetch && !(how.bearer && client.bears);
  if (plain && globalThis.XMLHttpRequest) return watched(to, body, how, client.language);
  const init = { method: to.method, headers: to.headers, body, signal: how.signal, bearer: how.bearer };
  const response = await client.send(to.url, init);
  how.onProgress?.(1);
  return parsed(await response.text());
}

/** As `fetch`, with news of how far it is, which `fetch` does not give. */
function watched(
  to: UploadDescriptor,
  body: Blob | FormData,
  { onProgress, signal }: Carrying,
  language: string,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        onProgress?.(1);
        return resolve(parsed(request.responseText));
      }
      refused(new Response(request.responseText, { status: request.status })).then(reject, reject);
    };
    request.onerror = () => reject(unanswered("upload"));
    request.onabort = () => reject(new DOMException("The upload was given up.", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    request.open(to.method, to.url);
    request.setRequestHeader("Accept-Language", language);
    for (const [name, value] of Object.entries(to.headers ?? {})) request.setRequestHeader(name, value);
    if (signal?.aborted) return reject(new DOMException("The upload was given up.", "AbortError"));
    signal?.addEventListener("abort", abort);
    request.send(body);
  });
}

function formOf(file: File): FormData {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
