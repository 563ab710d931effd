import Foundation
import Values

/// The texts that cells of a workbook name by number: on disk, so that memory stays bounded however many there are.
final class SharedStrings {
    /// The most that all texts together may take, in bytes.
    private static let largest = 2 << 30

    private let texts: Data
    /// Where each text ends, 8 bytes each.
    private let ends: Data
    /// The number of texts.
    var count: Int { ends.count / 8 }

    /// Reads the texts of a workbook into `folder`; a workbook may have none.
    init(_ archive: ZipArchive, _ part: String, folder: String) throws {
        guard let entry = try archive.open(part) else {
            (texts, ends) = (Data(), Data())
            return
        }
        let (texts, ends) = (try ScratchFile(in: folder), try ScratchFile(in: folder))
        let listener = Listener(texts, ends)
        try XMLStream(listener).read(entry)
        (self.texts, self.ends) = (try texts.mapped(), try ends.mapped())
    }

    /// The text of a number; nil when there is none.
    subscript(index: Int) -> String? {
        guard index >= 0, index < count else { return nil }
        let end = position(index)
        let start = index == 0 ? 0 : position(index - 1)
        guard start <= end, end <= texts.count else { return nil }
        return texts.withUnsafeBytes { String(decoding: $0[start..<end], as: UTF8.self) }
    }

    private func position(_ index: Int) -> Int {
        Int(ends.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 8, as: Int64.self) })
    }

    private final class Listener: XMLListener {
        private let texts: ScratchFile
        private let ends: ScratchFile
        private var isText = false
        private var isPhonetic = false
        private var text: [UInt8] = []
        private var total = 0

        init(_ texts: ScratchFile, _ ends: ScratchFile) {
            self.texts = texts
            self.ends = ends
        }

        func start(_ tag: XMLTag) {
            if tag.isNamed("t") { isText = !isPhonetic } else if tag.isNamed("rPh") { isPhonetic = true }
        }

        func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
            guard isText else { return }
            text.append(contentsOf: bytes)
            if text.count > CSVReader.longestRow { throw SheetReader.cellTooLarge }
        }

        func end(_ tag: XMLTag) throws {
            if tag.isNamed("t") {
                isText = false
            } else if tag.isNamed("rPh") {
                isPhonetic = false
            } else if tag.isNamed("si") {
                text = SheetReader.unescaped(text)
                total += text.count
                if total > SharedStrings.largest { throw ZipArchive.bomb }
                try texts.write(text)
                try ends.write(withUnsafeBytes(of: Int64(total)) { Array($0) })
                text.removeAll(keepingCapacity: true)
            }
        }
    }
}

/// A file that is gone as soon as nobody reads it any more, also after a crash of the program: it has no name.
final class ScratchFile {
    private let path: String
    private let file: FileHandle
    private var waiting: [UInt8] = []

    init(in folder: String) throws {
        path = folder + "/scratch-" + UUID().uuidString
        file = try madeFile(path)
    }

    deinit {
        try? file.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: [UInt8]) throws {
        waiting += bytes
        if waiting.count > 1 << 18 { try flush() }
    }

    private func flush() throws {
        try file.write(contentsOf: Data(waiting))
        waiting.removeAll(keepingCapacity: true)
    }

    /// The content, which the system keeps in memory as it sees fit.
    func mapped() throws -> Data {
        try flush()
        return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    }
}
