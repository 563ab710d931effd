import Database
import Foundation
import Glibc
import Records
import SQLText
import Values

/// Files that came in with imports: the rows in them that name a person are blanked.
extension Privacy {
    /// Blanks the lines of kept files that hold one of the texts; the answer is how many. What is no plain text cannot
    /// be blanked and is removed, unless its import is still running.
    func blankKeptFiles(_ identifiers: [String]) async throws -> Int64 {
        guard !identifiers.isEmpty else { return 0 }
        let busy = try await engine.database.read { connection in
            try !connection.hasTable("sys_import")
                ? []
                : try connection.rows("SELECT id FROM sys_import WHERE state IN ('waiting', 'running')").compactMap {
                    $0.id(0)?.description
                }
        }
        var blanked: Int64 = 0
        for folder in folders {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let path = folder + "/" + name
                if busy.contains(where: { name.hasPrefix($0) }) { continue }
                switch (name as NSString).pathExtension {
                case "csv", "jsonl", "txt", "vcf": blanked += try KeptFile.blank(path, identifiers)
                default: try? FileManager.default.removeItem(atPath: path)
                }
                await Task.yield()
            }
        }
        return blanked
    }
}

/// One kept file, changed in place: lengths and separators stay, so that what counts bytes and columns still can.
enum KeptFile {
    static func blank(_ path: String, _ identifiers: [String]) throws -> Int64 {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return 0
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let texts = identifiers.flatMap { text in
            [
                Data(text.utf8), text.data(using: .utf16LittleEndian) ?? Data(),
                text.data(using: .utf16BigEndian) ?? Data(), gb18030(text),
            ]
        }.filter { $0.count > 1 }
        var lines: Set<Int> = []
        var ranges: [Range<Int>] = []
        for text in texts {
            var start = data.startIndex
            while start < data.endIndex, let found = data.range(of: text, in: start..<data.endIndex) {
                let line = line(around: found, in: data)
                if lines.insert(line.lowerBound).inserted { ranges.append(line) }
                start = line.upperBound
            }
        }
        guard !ranges.isEmpty, let file = FileHandle(forUpdatingAtPath: path) else { return 0 }
        defer { try? file.close() }
        let isLines = path.hasSuffix(".jsonl")
        for range in ranges {
            // The mapping shows what is written, so each line is copied before.
            let bytes = [UInt8](data[range])
            try file.seek(toOffset: UInt64(range.lowerBound))
            try file.write(contentsOf: Data(bytes.map { isLines ? 0x20 : hidden($0) }))
        }
        try file.synchronize()
        return Int64(ranges.count)
    }

    /// The text as most Chinese office programs write it; empty when the C library does not know how.
    private static func gb18030(_ text: String) -> Data {
        let state = iconv_open("GB18030", "UTF-8")
        guard let state, Int(bitPattern: state) != -1 else { return Data() }
        defer { iconv_close(state) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 2 + 8)
        let size = output.count
        let written = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                var (left, room) = (source.count, size)
                return iconv(state, &from, &left, &to, &room) == -1 ? 0 : size - room
            }
        }
        return Data(output.prefix(written).map { UInt8(bitPattern: $0) })
    }

    private static func line(around found: Range<Int>, in data: Data) -> Range<Int> {
        let start = data[..<found.lowerBound].lastIndex(of: 0x0A).map { $0 + 1 } ?? data.startIndex
        let end = data[found.upperBound...].firstIndex(of: 0x0A) ?? data.endIndex
        return start..<end
    }

    private static func hidden(_ byte: UInt8) -> UInt8 {
        [0x00, 0x09, 0x0D, 0x22, 0x2C, 0x3B, 0x7C].contains(byte) ? byte : 0x2A
    }
}
