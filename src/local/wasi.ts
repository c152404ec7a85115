/** The environment of one run of a WASI program: its arguments, and the file that it writes. */
export interface WasiRun {
  readonly imports: Readonly<Record<string, (...args: never[]) => number>>;
  /** The program's memory; set it before the start. */
  memory: { readonly buffer: ArrayBuffer };
  /** The content of its file. */
  readonly output: () => Uint8Array;
}

/** `proc_exit` throws this through the program. */
export class Exit extends Error {}

const ok = 0;
const badDescriptor = 8;
const root = 3;
const file = 4;

/**
 * The thirteen WASI calls that Flite's command line makes, in memory: one folder `/` with one file, which grows when written.
 * Node's own `node:wasi` crashed the process after several instances.
 */
export function wasiRun(args: readonly string[]): WasiRun {
  const encoded = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
  let bytes = new Uint8Array(1 << 18);
  let length = 0;
  let position = 0;

  const buffer = () => run.memory.buffer;
  const view = () => new DataView(buffer());

  function write(data: Uint8Array): void {
    while (position + data.length > bytes.length) {
      const longer = new Uint8Array(bytes.length * 2);
      longer.set(bytes);
      bytes = longer;
    }
    bytes.set(data, position);
    position += data.length;
    length = Math.max(length, position);
  }

  const imports = {
    args_sizes_get(count: number, size: number) {
      const bytesOfAll = encoded.reduce((sum, arg) => sum + arg.length, 0);
      view().setUint32(count, encoded.length, true);
      view().setUint32(size, bytesOfAll, true);
      return ok;
    },
    args_get(pointers: number, at: number) {
      let next = at;
      encoded.forEach((arg, index) => {
        view().setUint32(pointers + 4 * index, next, true);
        new Uint8Array(buffer()).set(arg, next);
        next += arg.length;
      });
      return ok;
    },
    clock_time_get(_clock: number, _precision: bigint, time: number) {
      view().setBigUint64(time, 0n, true);
      return ok;
    },
    fd_prestat_get(descriptor: number, at: number) {
      if (descriptor !== root) return badDescriptor;
      view().setUint32(at, 0, true);
      view().setUint32(at + 4, 1, true);
      return ok;
    },
    fd_prestat_dir_name(_descriptor: number, at: number) {
      view().setUint8(at, '/'.charCodeAt(0));
      return ok;
    },
    fd_fdstat_get(descriptor: number, at: number) {
      const kind = { [root]: 3, [file]: 4 }[descriptor] ?? 2;
      new Uint8Array(buffer(), at, 24).fill(0);
      view().setUint8(at, kind);
      view().setBigUint64(at + 8, ~0n, true);
      view().setBigUint64(at + 16, ~0n, true);
      return ok;
    },
    fd_fdstat_set_flags: () => ok,
    /** The last parameter is the address for the new descriptor. */
    path_open(...parameters: (number | bigint)[]) {
      view().setUint32(Number(parameters.at(-1)), file, true);
      return ok;
    },
    fd_write(descriptor: number, vectors: number, count: number, written: number) {
      let total = 0;
      for (let index = 0; index < count; index += 1) {
        const size = view().getUint32(vectors + 8 * index + 4, true);
        if (descriptor === file) write(new Uint8Array(buffer(), view().getUint32(vectors + 8 * index, true), size));
        total += size;
      }
      view().setUint32(written, total, true);
      return ok;
    },
    fd_seek(descriptor: number, offset: bigint, whence: number, at: number) {
      if (descriptor !== file) return badDescriptor;
      position = Number(offset) + (whence === 0 ? 0 : whence === 1 ? position : length);
      view().setBigUint64(at, BigInt(position), true);
      return ok;
    },
    fd_read(_descriptor: number, _vectors: number, _count: number, read: number) {
      view().setUint32(read, 0, true);
      return ok;
    },
    fd_close: () => ok,
    proc_exit(code: number): number {
      throw new Exit(`exit ${code}`);
    },
  };
  const run: WasiRun = { imports, memory: { buffer: new ArrayBuffer(0) }, output: () => bytes.slice(0, length) };
  return run;
}
