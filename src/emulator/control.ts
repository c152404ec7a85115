import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { sendJson } from './chatAnswer.ts';
import type { Faults } from './faults/faults.ts';
import { parseFaults } from './faults/parseFaults.ts';

/**
 * `/faults`: `POST` adds a fault or a list of them for what comes from now on, `DELETE` takes all away, `GET` says which there
 * are; each answers with those that are set then. What is no fault is refused with 400, and nothing of it is added.
 */
export async function control(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  try {
    switch (request.method) {
      case 'POST':
        faults.add(parseFaults(await text(request), 'faults'));
        break;
      case 'DELETE':
        faults.clear();
        break;
      case 'GET':
        break;
      default:
        sendJson(response, 405, { error: { message: `Not allowed to ${request.method ?? ''} here.` } });
        return;
    }
    sendJson(response, 200, { faults: faults.all });
  } catch (error) {
    sendJson(response, 400, { error: { message: error instanceof Error ? error.message : String(error) } });
  }
}
