import Files
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Values

/// A stored file as an answer that no browser runs: it is saved, never opened, unless it is a picture that is asked for
/// as one; its type is fixed, and the policy forbids it everything.
enum FileReply {
    private static let policy = "default-src 'none'; sandbox; frame-ancestors 'none'"

    /// The bytes, or the part of them that `Range` asks for.
    static func make(_ file: StoredFile, _ path: String, _ call: Call) throws -> Reply {
        let isShown = try call.query.flag("inline") && file.type.isPicture
        var reply = Reply()
        reply.headers[.contentType] = isSafe(file.type) ? file.type.name : "application/octet-stream"
        reply.headers[.contentDisposition] = disposition(file.name, isShown ? "inline" : "attachment")
        reply.headers[.contentSecurityPolicy] = policy
        reply.headers[.xContentTypeOptions] = "nosniff"
        reply.headers[.eTag] = "\"\(file.hash)\""
        reply.headers[.acceptRanges] = "bytes"
        if call.headers[.ifNoneMatch] == reply.headers[.eTag] {
            reply.status = .notModified
            return reply
        }
        let size = file.size
        guard let range = wanted(call, size, reply.headers[.eTag]) else { return whole(reply, path, 0..<size, call) }
        guard !range.isEmpty else {
            reply.status = .rangeNotSatisfiable
            reply.headers[.contentRange] = "bytes */\(size)"
            reply.headers[.contentType] = nil
            return reply
        }
        reply.status = .partialContent
        reply.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        return whole(reply, path, range, call)
    }

    /// The thumbnail of a picture.
    static func thumbnail(_ file: StoredFile, _ path: String, _ call: Call) -> Reply {
        var reply = Reply()
        reply.headers[.contentType] = "image/jpeg"
        reply.headers[.contentDisposition] = "inline"
        reply.headers[.contentSecurityPolicy] = policy
        reply.headers[.xContentTypeOptions] = "nosniff"
        reply.headers[.eTag] = "\"\(file.hash)-small\""
        if call.headers[.ifNoneMatch] == reply.headers[.eTag] {
            reply.status = .notModified
            return reply
        }
        reply.body = .stream(FileStream.body(path))
        return reply
    }

    private static func whole(_ reply: Reply, _ path: String, _ range: Range<Int64>, _ call: Call) -> Reply {
        var reply = reply
        let count = Int(range.upperBound - range.lowerBound)
        if call.method == .head {
            reply.headers[.contentLength] = String(count)
            return reply
        }
        reply.body = .stream(
            ResponseBody(contentLength: count) { writer in
                guard let file = FileHandle(forReadingAtPath: path) else { throw CancellationError() }
                defer { try? file.close() }
                try file.seek(toOffset: UInt64(range.lowerBound))
                var rest = count
                while rest > 0, let part = try file.read(upToCount: min(rest, 262_144)), !part.isEmpty {
                    rest -= part.count
                    try await writer.write(ByteBuffer(bytes: part))
                }
                try await writer.finish(nil)
            }
        )
        return reply
    }

    /// What a browser could take for something to run goes out as plain bytes, also where uploading it is allowed.
    private static func isSafe(_ type: FileType) -> Bool {
        type.isPicture || ["audio/", "video/", "application/pdf"].contains { type.name.hasPrefix($0) }
            || type.name.hasPrefix("application/vnd.") || ["text/plain", "text/csv"].contains(type.name)
    }

    /// The bytes that a single range asks for; nil for all, empty when there are none such. Several are not supported,
    /// which a server may answer with all.
    private static func wanted(_ call: Call, _ size: Int64, _ tag: String?) -> Range<Int64>? {
        guard let header = call.headers[.range]?.trimmingSpaces, header.hasPrefix("bytes="), !header.contains(","),
            call.headers[.ifRange] == nil || call.headers[.ifRange] == tag
        else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (first, last) = (Int64(parts[0].trimmingSpaces), Int64(parts[1].trimmingSpaces))
        if parts[0].isEmpty {
            guard let last, last >= 0 else { return nil }
            return max(0, size - last)..<size
        }
        guard let first, first >= 0, parts[1].isEmpty || last != nil else { return nil }
        if let last, last < first { return nil }
        return first < size ? first..<(min(last ?? size - 1, size - 1) + 1) : 0..<0
    }

    /// RFC 6266: the whole name in the form of RFC 5987, and one in ASCII for programs that do not know it.
    static func disposition(_ name: String, _ kind: String) -> String {
        let plain = name.unicodeScalars.map { scalar -> Character in
            let isPlain = (0x20..<0x7F).contains(scalar.value) && !["\"", "\\", "%", ";"].contains(scalar)
            return isPlain ? Character(scalar) : "_"
        }
        return "\(kind); filename=\"\(String(plain))\"; filename*=UTF-8''\(PercentCoding.encode(name))"
    }
}
