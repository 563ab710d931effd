import Exchange
import Foundation
import Testing
import Values

/// Zip files that are little but a directory, which says more, or holds more, than anybody may upload.
@Suite struct ZipDirectoryTests {
    /// What every zip file begins with.
    private var local: [UInt8] { mark(0x03, 0x04) + zeros(26) }

    private func mark(_ third: UInt8, _ fourth: UInt8) -> [UInt8] { [0x50, 0x4B, third, fourth] }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private func number(_ value: UInt64, _ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// So many entries without contents.
    private func directory(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            let name = Array("\(index)".utf8)
            bytes += mark(0x01, 0x02)
            bytes += zeros(24)
            bytes += number(UInt64(name.count), 2)
            bytes += zeros(16)
            bytes += name
        }
        return bytes
    }

    /// The record that ends a file, with what it says of a directory.
    private func end(_ count: Int, size: Int, at offset: Int, comment: Int = 0) -> [UInt8] {
        var bytes = mark(0x05, 0x06)
        bytes += zeros(4)
        for _ in 0..<2 { bytes += number(UInt64(count), 2) }
        bytes += number(UInt64(size), 4)
        bytes += number(UInt64(offset), 4)
        bytes += number(UInt64(comment), 2)
        return bytes
    }

    /// The longer record with its locator, and the short one behind, which says that its own numbers are too small.
    private func longEnd(_ count: UInt64, size: Int, at offset: Int, place: Int) -> [UInt8] {
        var bytes = mark(0x06, 0x06)
        bytes += number(44, 8)
        for _ in 0..<2 { bytes += number(45, 2) }
        bytes += zeros(8)
        for value in [count, count, UInt64(size), UInt64(offset)] { bytes += number(value, 8) }
        bytes += mark(0x06, 0x07)
        bytes += zeros(4)
        bytes += number(UInt64(place), 8)
        bytes += number(1, 4)
        bytes += end(0xFFFF, size: 0xFFFF_FFFF, at: 0xFFFF_FFFF)
        return bytes
    }

    /// What the preview of a workbook says, which may have 10,000 entries.
    private func code(_ shop: Workshop, _ bytes: [UInt8]) async throws -> String? {
        let path = shop.folder + "/made.xlsx"
        try Data(bytes).write(to: URL(filePath: path))
        return await problem { _ = try await shop.imports.preview(path, object: "tools", as: shop.admin) }?.code
    }

    @Test func `as many entries as may be are read, and one more is refused`() async throws {
        let shop = try await Workshop.open()
        let start = local.count
        let full = directory(10_000)
        #expect(try await code(shop, local + full + end(10_000, size: full.count, at: start)) == "not_a_workbook")
        let over = directory(10_001)
        #expect(try await code(shop, local + over + end(10_001, size: over.count, at: start)) == "expands_too_much")
    }

    @Test func `a number that is too small does not hide how many entries there are`() async throws {
        let shop = try await Workshop.open()
        let start = local.count
        let over = directory(10_001)
        #expect(try await code(shop, local + over + end(1, size: over.count, at: start)) == "expands_too_much")
        // The record stands before another one that says the file is empty.
        let first = local + over + end(1, size: over.count, at: start, comment: 22)
        #expect(try await code(shop, first + end(0, size: 0, at: start)) == "expands_too_much")
    }

    @Test func `the longer record of large files is read too`() async throws {
        let shop = try await Workshop.open()
        let start = local.count
        let few = directory(3)
        let place = start + few.count
        let whole = local + few + longEnd(3, size: few.count, at: start, place: place)
        #expect(try await code(shop, whole) == "not_a_workbook")
        let many = local + few + longEnd(4_000_000, size: few.count, at: start, place: place)
        #expect(try await code(shop, many) == "expands_too_much")
    }

    @Test func `a directory of more than 64 MB is refused, and one beyond the file is damaged`() async throws {
        let shop = try await Workshop.open()
        let path = shop.folder + "/holes.xlsx"
        let size = 65 << 20
        try Data(local).write(to: URL(filePath: path))
        let file = try #require(FileHandle(forWritingAtPath: path))
        // A hole takes no room on the disk.
        try file.truncate(atOffset: UInt64(local.count + size))
        _ = try file.seekToEnd()
        try file.write(contentsOf: Data(end(1, size: size, at: local.count)))
        try file.close()
        let refused = await problem { _ = try await shop.imports.preview(path, object: "tools", as: shop.admin) }
        #expect(refused?.code == "expands_too_much")
        #expect(try await code(shop, local + end(1, size: size, at: local.count)) == "damaged_file")
    }
}
