import Glibc

/// What a server answered.
struct Answer {
    let status: Int
    let body: ArraySlice<UInt8>
    /// The bytes that came, head and all.
    let size: Int
    private let head: ArraySlice<UInt8>

    /// Reads an answer; nil while it is incomplete.
    init?(_ bytes: [UInt8]) throws {
        guard let end = find([13, 10, 13, 10], in: bytes[...]) else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchFailure.unreadable
        }
        self.status = status
        self.head = bytes[..<end]
        size = bytes.count
        let rest = bytes[(end + 4)...]
        if head.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) {
            guard let body = try Answer.chunks(rest) else { return nil }
            self.body = body[...]
            return
        }
        let length = head.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst("content-length:".count).drop { $0 == " " })
        }
        guard rest.count >= length ?? 0 else { return nil }
        body = rest
    }

    /// The value of a header; of several the first.
    func header(_ name: String) -> String? {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").dropFirst()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name { return String(parts[1].drop { $0 == " " }) }
        }
        return nil
    }

    private static func chunks(_ bytes: ArraySlice<UInt8>) throws -> [UInt8]? {
        var body: [UInt8] = []
        var rest = bytes
        while let line = find([13, 10], in: rest) {
            guard let count = Int(String(decoding: rest[rest.startIndex..<line], as: UTF8.self), radix: 16) else {
                throw BenchFailure.unreadable
            }
            let start = line + 2
            guard rest.endIndex - start >= count + 2 else { return nil }
            if count == 0 { return body }
            body += rest[start..<(start + count)]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }

    /// True when the body holds the text.
    func contains(_ marker: StaticString) -> Bool { count(marker, atMost: 1) == 1 }

    /// How often the body holds the text.
    func count(_ marker: StaticString, atMost limit: Int = .max) -> Int {
        let wanted = UnsafeBufferPointer(start: marker.utf8Start, count: marker.utf8CodeUnitCount)
        return body.withUnsafeBytes { bytes in
            var (count, start) = (0, 0)
            while count < limit, let found = find(wanted, in: bytes, from: start) {
                count += 1
                start = found + wanted.count
            }
            return count
        }
    }
}

private func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    pattern.withUnsafeBufferPointer { wanted in
        bytes.withUnsafeBytes { find(wanted, in: $0, from: 0) }.map { bytes.startIndex + $0 }
    }
}

private func find(_ wanted: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, let pattern = wanted.baseAddress, let first = wanted.first else { return nil }
    var place = start
    while place + wanted.count <= bytes.count {
        let room = bytes.count - wanted.count + 1 - place
        guard let found = memchr(base + place, Int32(first), room) else { return nil }
        place = UnsafeRawPointer(found) - base
        if memcmp(base + place, pattern, wanted.count) == 0 { return place }
        place += 1
    }
    return nil
}

/// Why a measurement could not be made.
enum BenchFailure: Error {
    /// The server does not listen or has hung up.
    case noConnection
    /// What came is no HTTP.
    case unreadable
    /// A file could not be made.
    case unwritable(String)
    /// The server took too long.
    case timedOut
}
