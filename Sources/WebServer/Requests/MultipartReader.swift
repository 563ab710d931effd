import Foundation
import Glibc

/// Reads a stored form from its beginning, some of it at a time: a large file in it takes no memory.
struct MultipartReader {
    private let file: FileHandle
    private let separator: [UInt8]
    private var buffer: [UInt8] = []
    /// What was read is in front of this.
    private var start = 0

    private static let portion = 1 << 20
    /// The longest head of a part, in bytes.
    private static let longestHead = 16_384

    init(_ file: FileHandle, boundary: String) {
        self.file = file
        separator = Array("\r\n--\(boundary)".utf8)
    }

    /// True where the form begins as it should, which is then read.
    mutating func begin() throws -> Bool {
        let line = separator.dropFirst(2)
        guard try has(line.count), buffer.starts(with: line) else { return false }
        start = line.count
        return true
    }

    /// True behind the last part.
    mutating func isAtEnd() throws -> Bool { try has(2) && buffer[start] == 0x2D && buffer[start + 1] == 0x2D }

    /// The lines in front of a part's content; nil where they do not end.
    mutating func head() throws -> String? {
        _ = try has(MultipartReader.longestHead)
        let end = min(buffer.count, start + MultipartReader.longestHead)
        guard let blank = find(Array("\r\n\r\n".utf8), before: end) else { return nil }
        defer { start = blank + 2 }
        return String(decoding: buffer[start..<blank], as: UTF8.self)
    }

    /// Lends a part's content, some of it at a time; false where it does not end.
    mutating func content(_ body: (Data) throws -> Void) throws -> Bool {
        // The line end behind the head may be that in front of the separator, where a part is empty.
        var skipped = 2
        while true {
            let found = find(separator, before: buffer.count)
            // The separator may have begun in what is read by now.
            let end = found ?? max(start, buffer.count - separator.count + 1)
            if start + skipped < end {
                try body(Data(buffer[(start + skipped)..<end]))
                skipped = 0
            }
            if let found {
                start = found + separator.count
                return true
            }
            if skipped == 0 { start = end }
            guard try has(buffer.count - start + 1) else { return false }
        }
    }

    /// Reads on until there are so many bytes; false where the form ends before.
    private mutating func has(_ count: Int) throws -> Bool {
        while buffer.count - start < count {
            buffer.removeFirst(start)
            start = 0
            guard let more = try file.read(upToCount: MultipartReader.portion), !more.isEmpty else { return false }
            buffer += more
        }
        return true
    }

    /// Where a text that begins with a line end is found first.
    private func find(_ text: [UInt8], before end: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = start
            while end - index >= text.count, let next = memchr(base + index, 0x0D, end - index - text.count + 1) {
                index = UnsafeRawPointer(next) - base
                if memcmp(base + index, text, text.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }
}
