import Foundation
import HTTPTypes
import Values

/// A form with files, as browsers and programs send it: `multipart/form-data`.
struct Multipart: Sendable {
    /// A file of the form, by now a file of ours.
    struct File: Sendable {
        let path: String
        /// The name that it had where it comes from.
        let name: String
    }

    /// The fields that are no files, by name; of several of one name the last.
    private(set) var fields: [String: String] = [:]
    /// The same in the order of the form.
    private(set) var items: [(name: String, value: String)] = []
    /// The files with their fields in the order of the form; one control may hold several.
    private(set) var uploads: [(field: String, file: File)] = []
    /// The files by field; of several of one field the last.
    var files: [String: File] { Dictionary(uploads.map { ($0.field, $0.file) }) { $1 } }

    /// The most that a field that is no file may hold.
    private static let fieldLimit = 1_000_000

    /// Takes a stored body apart; each file of the form becomes a file beside it. The body's file may go afterwards.
    init(stored path: String, type: String?) throws {
        do {
            try read(path, type)
        } catch {
            discard()
            throw error
        }
    }

    private mutating func read(_ path: String, _ type: String?) throws {
        guard let type, let boundary = Multipart.boundary(type) else {
            throw Problem(
                .unsupported,
                "not_multipart",
                Label("Send a form with a file: multipart/form-data.", zh: "请以 multipart/form-data 方式提交文件。")
            )
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let line = Data("--\(boundary)".utf8)
        guard data.starts(with: line) else { throw Multipart.broken }
        var start = line.count
        let separator = Data("\r\n--\(boundary)".utf8)
        while true {
            if data[start...].starts(with: Data("--".utf8)) { return }
            guard let head = data.range(of: Data("\r\n\r\n".utf8), in: start..<min(data.count, start + 16_384)),
                let end = data.range(of: separator, in: (head.upperBound - 2)..<data.count)
            else { throw Multipart.broken }
            let content = head.upperBound..<max(head.upperBound, end.lowerBound)
            try take(String(decoding: data[start..<head.lowerBound], as: UTF8.self), data[content], path)
            start = end.upperBound
            guard uploads.count < 100, items.count < 1000 else { throw Multipart.broken }
        }
    }

    private mutating func take(_ head: String, _ content: Data, _ path: String) throws {
        let lines = head.split(whereSeparator: \.isNewline)
        let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") }.map(String.init) ?? ""
        guard let name = Multipart.parameter("name", of: disposition) else { throw Multipart.broken }
        if let file = Multipart.parameter("filename", of: disposition) {
            let target = "\(path).\(uploads.count)"
            uploads.append((name, File(path: target, name: String(file.suffix(255)))))
            guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: target)
            else { throw Multipart.broken }
            defer { try? handle.close() }
            var index = content.startIndex
            while index < content.endIndex {
                let next = min(index + 1_048_576, content.endIndex)
                try handle.write(contentsOf: content[index..<next])
                index = next
            }
        } else {
            guard content.count <= Multipart.fieldLimit, let text = String(data: content, encoding: .utf8) else {
                throw Multipart.broken
            }
            fields[name] = text
            items.append((name, text))
        }
    }

    /// Removes the files.
    func discard() {
        for upload in uploads { try? FileManager.default.removeItem(atPath: upload.file.path) }
    }

    private static func boundary(_ type: String) -> String? {
        guard type.lowercased().hasPrefix("multipart/form-data"), let text = parameter("boundary", of: type),
            (1...200).contains(text.utf8.count)
        else { return nil }
        return text
    }

    /// The value of `name=…` or `name="…"` in a header.
    private static func parameter(_ name: String, of header: String) -> String? {
        var rest = header.drop { $0 != ";" }
        while !rest.isEmpty {
            rest = rest.dropFirst()
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[key.endIndex...]
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            let isQuoted = rest.first == "\""
            if isQuoted { rest = rest.dropFirst() }
            let value = rest.prefix { isQuoted ? $0 != "\"" : $0 != ";" }
            rest = rest[value.endIndex...].drop { $0 != ";" }
            guard key.trimmingSpaces.lowercased() == name else { continue }
            // Browsers write quotes and line breaks of a name in per cent form.
            return isQuoted ? String(value.replacing("%22", with: "\"")) : value.trimmingSpaces
        }
        return nil
    }

    private static let broken = Problem.malformed(
        "invalid_form",
        Label("The form cannot be read; it may be incomplete.", zh: "表单内容不完整或格式有误。")
    )
}
