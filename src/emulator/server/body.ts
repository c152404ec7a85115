import type { IncomingMessage } from 'node:http';
import { ChatError } from '../chat/chatRequest.ts';

/** The largest accepted body. */
const maxBody = 4 << 20;

/** The body of a request as text. Throws a `ChatError` (413) if it is larger than 4 MiB. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody) throw new ChatError(413, 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
