import CZlib
import HTTPTypes
import Hummingbird
import NIOCore

/// Writes gzip (RFC 1952) in portions.
final class Gzip {
    // zlib finds its state by the address of this structure, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private static let portion = 64 * 1024

    /// `level` is 1 (quick) to 9 (small).
    init(level: Int32) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for the form of gzip.
        let size = Int32(MemoryLayout<z_stream>.size)
        deflateInit2_(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// What can be sent of what has come so far; everything when it `isLast`.
    func add(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8] {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        var result: [UInt8] = []
        while true {
            let room = max(Gzip.portion, isLast ? Int(deflateBound(stream, UInt(stream.pointee.avail_in))) : 0)
            var hasMore = false
            result += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                count = room - Int(stream.pointee.avail_out)
                hasMore = stream.pointee.avail_out == 0
            }
            if !hasMore { return result }
        }
    }

    /// All of it at once.
    static func compressed(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        bytes.withUnsafeBytes { Gzip(level: level).add($0, isLast: true) }
    }
}

/// Compresses what is written to a body while it is made.
struct GzipWriter: ResponseBodyWriter {
    private var next: any ResponseBodyWriter
    private let gzip: Gzip

    init(_ next: any ResponseBodyWriter, level: Int32) {
        self.next = next
        gzip = Gzip(level: level)
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let bytes = buffer.withUnsafeReadableBytes { gzip.add($0, isLast: false) }
        if !bytes.isEmpty { try await next.write(ByteBuffer(bytes: bytes)) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        let rest = gzip.add(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
        try await next.write(ByteBuffer(bytes: rest))
        try await next.finish(trailingHeaders)
    }
}
