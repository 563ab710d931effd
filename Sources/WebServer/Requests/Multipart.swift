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
        guard let file = FileHandle(forReadingAtPath: path) else { throw Multipart.broken }
        defer { try? file.close() }
        var reader = MultipartReader(file, boundary: boundary)
        guard try reader.begin() else { throw Multipart.broken }
        while try !reader.isAtEnd() {
            guard let head = try reader.head() else { throw Multipart.broken }
            try take(head, from: &reader, path)
            guard uploads.count < 100, items.count < 1000 else { throw Multipart.broken }
        }
    }

    private mutating func take(_ head: String, from reader: inout MultipartReader, _ path: String) throws {
        let lines = head.split(whereSeparator: \.isNewline)
        let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") }.map(String.init) ?? ""
        guard let name = Multipart.parameter("name", of: disposition) else { throw Multipart.broken }
        var isWhole = false
        if let file = Multipart.parameter("filename", of: disposition) {
            let target = "\(path).\(uploads.count)"
            uploads.append((name, File(path: target, name: String(file.suffix(255)))))
            guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: target)
            else { throw Multipart.broken }
            defer { try? handle.close() }
            isWhole = try reader.content { try handle.write(contentsOf: $0) }
        } else {
            var content: [UInt8] = []
            isWhole = try reader.content { part in
                guard content.count + part.count <= Multipart.fieldLimit else { throw Multipart.broken }
                content += part
            }
            guard let text = String(validating: content, as: UTF8.self) else { throw Multipart.broken }
            fields[name] = text
            items.append((name, text))
        }
        guard isWhole else { throw Multipart.broken }
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
