import CZstd
import Values

/// How archives are compressed: one zstd frame (RFC 8878) over the whole tar file, and a skippable frame with the
/// SHA-256 of that one, which `tar --zstd` passes over. The checksum of zstd is of what was compressed; a bit of a
/// table that no symbol uses may change beside it, so the digest covers what is written.
enum Zstandard {
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    /// How every archive begins: with a checksum, without a length, a window of 2 MiB. Bits of the head that a reader
    /// may ignore are compared too.
    static let head = magic + [0x04, 0x58]
    static let windowLog: Int32 = 21
    /// Of a demo workspace 3 leaves a fifth, 9 little less in four times the time.
    static let level: Int32 = 3
    static let portion = 256 * 1024
    /// A skippable frame of 32 bytes.
    static let digestHead: [UInt8] = [0x5E, 0x2A, 0x4D, 0x18, 32, 0, 0, 0]

    static let noMemory = Problem(
        .unavailable,
        "no_memory",
        Label("Compression needs more memory than is free.", zh: "内存不足，无法压缩备份。")
    )
}

/// Compresses what comes in portions.
final class Compressor {
    private let context: OpaquePointer
    private var digest = Digest()

    init() throws {
        guard let context = ZSTD_createCCtx() else { throw Zstandard.noMemory }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Zstandard.level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Zstandard.windowLog)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// What can be written of what has come so far; everything when it `isLast`.
    func add(_ bytes: [UInt8], isLast: Bool = false) throws -> [UInt8] {
        var result: [UInt8] = []
        try bytes.withUnsafeBytes { bytes in
            var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var left = 1
            while input.pos < input.size || (isLast && left != 0) {
                var failed = false
                result += [UInt8](unsafeUninitializedCapacity: Zstandard.portion) { buffer, count in
                    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: Zstandard.portion, pos: 0)
                    left = ZSTD_compressStream2(context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                    failed = ZSTD_isError(left) != 0
                    count = output.pos
                }
                if failed { throw Zstandard.noMemory }
            }
        }
        digest.add(result)
        return isLast ? result + Zstandard.digestHead + digest.bytes() : result
    }
}

/// Takes apart what `Compressor` made, in portions that do not grow with what it claims to hold.
final class Decompressor {
    private let context: OpaquePointer
    private var waiting: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var digest = Digest()
    private var tail: [UInt8] = []
    /// How many bytes the block at hand has. Bytes are handed over block by block, so that a damaged one takes nothing
    /// along that came before it.
    private var step = Zstandard.head.count

    init() throws {
        guard let context = ZSTD_createDCtx() else { throw Zstandard.noMemory }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Zstandard.windowLog)
    }

    deinit { ZSTD_freeDCtx(context) }

    /// The next bytes; empty at the end. `more` gives what was written, and nothing at its end. Throws for what is
    /// changed, cut off, or followed by something else.
    func next(_ more: () throws -> [UInt8]) throws -> [UInt8] {
        while true {
            if position == waiting.count {
                (waiting, position) = (try more(), 0)
                if waiting.isEmpty {
                    guard isAtEnd, tail == Zstandard.digestHead + digest.bytes() else { throw Problem.archiveDamaged }
                    return []
                }
            }
            if isAtEnd {
                tail += waiting[position...]
                position = waiting.count
                guard tail.count <= Zstandard.digestHead.count + Digest.count else { throw Problem.archiveDamaged }
                continue
            }
            let bytes = try decompressed()
            if !bytes.isEmpty { return bytes }
        }
    }

    private func decompressed() throws -> [UInt8] {
        var failed = false
        let start = position
        let end = min(waiting.count, position + max(1, step))
        var wanted = 0
        let bytes = waiting.withUnsafeBytes { all in
            [UInt8](unsafeUninitializedCapacity: Zstandard.portion) { buffer, count in
                var input = ZSTD_inBuffer(src: all.baseAddress, size: end, pos: position)
                var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: Zstandard.portion, pos: 0)
                let left = ZSTD_decompressStream(context, &output, &input)
                failed = ZSTD_isError(left) != 0
                isAtEnd = left == 0
                wanted = left
                (position, count) = (input.pos, output.pos)
            }
        }
        if failed { throw Problem.archiveDamaged }
        step = wanted
        digest.add(Array(waiting[start..<position]))
        return bytes
    }
}
