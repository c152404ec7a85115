import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../chat/chatAnswer.ts';
import { ChatError } from '../chat/chatRequest.ts';
import type { Faults } from '../faults/faults.ts';
import { parseFaults } from '../faults/parseFaults.ts';
import { bodyOf } from './body.ts';

/**
 * Serves `/faults`: `POST` adds a fault, or a list of faults, for later connections; `DELETE` removes all; `GET` lists them. Each
 * answers with the faults that are set afterwards. Invalid faults are refused with 400, and none of the list is added.
 */
export async function control(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  try {
    if (request.method === 'POST') faults.add(parseFaults(await bodyOf(request), 'faults'));
    else if (request.method === 'DELETE') faults.clear();
    else if (request.method !== 'GET') throw new ChatError(405, `Not allowed to ${request.method ?? ''} here.`);
    sendJson(response, 200, { faults: faults.all });
  } catch (error) {
    const status = error instanceof ChatError ? error.status : 400;
    sendJson(response, status, { error: { message: error instanceof Error ? error.message : String(error) } });
  }
}
