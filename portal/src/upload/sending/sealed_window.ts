// The encrypt-once buffer. Ciphertext is made as it is first needed, kept until it is surely no longer wanted, and sent again from here:
// the same bytes, never encrypted anew. Encrypting a block twice under one file key would repeat a nonce if the file had changed in
// between, and give both versions away. What has left the buffer is gone: then only a new upload under a new key helps.

export class LeftTheBuffer extends Error {}

export interface CipherReader {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}

interface Chunk {
    start: number;
    size: number;
    body: Blob;
}

export const chunk_bytes = 4 * 1024 * 1024;
const chunks_kept = 2;

export class SealedWindow {
    private chunks: Chunk[] = [];
    private end_ = 0;
    private rest: Uint8Array | null = null;
    private done = false;

    // `observe` sees every byte of ciphertext exactly once, in order.
    constructor(
        private readonly reader: CipherReader,
        private readonly observe: (bytes: Uint8Array) => void,
        private readonly limit: number = chunk_bytes,
    ) {}

    get start(): number {
        return this.chunks[0]?.start ?? this.end_;
    }

    get end(): number {
        return this.end_;
    }

    // Bytes from `offset` to the end of its chunk; null at the end of the file. Throws LeftTheBuffer for an offset outside of what is kept.
    async from(offset: number): Promise<Blob | null> {
        if (offset === this.end_) {
            await this.make_next();
        }
        const chunk = this.chunks.find((kept) => offset >= kept.start && offset < kept.start + kept.size);
        if (chunk) {
            return chunk.body.slice(offset - chunk.start);
        }
        if (offset === this.end_ && this.done) {
            return null;
        }
        throw new LeftTheBuffer(`offset ${offset}, kept ${this.start} to ${this.end_}`);
    }

    private async make_next(): Promise<void> {
        const parts: BlobPart[] = [];
        let size = 0;
        while (!this.done && size < this.limit) {
            const piece = await this.next_piece();
            if (!piece) {
                break;
            }
            const taken = piece.subarray(0, this.limit - size);
            this.rest = taken.length < piece.length ? piece.subarray(taken.length) : null;
            this.observe(taken);
            parts.push(taken as Uint8Array<ArrayBuffer>);
            size += taken.length;
        }
        if (size > 0) {
            this.chunks.push({ start: this.end_, size, body: new Blob(parts) });
            this.chunks = this.chunks.slice(-chunks_kept);
            this.end_ += size;
        }
    }

    private async next_piece(): Promise<Uint8Array | null> {
        if (this.rest) {
            return this.rest;
        }
        const { done, value } = await this.reader.read();
        if (done || !value) {
            this.done = true;
            return null;
        }
        return value;
    }
}
