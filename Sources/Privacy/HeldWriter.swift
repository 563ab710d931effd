import FieldKinds
import Schema
import Values

/// Writes what is held of a person, a piece at a time: as JSON, or as one page for people.
struct HeldWriter {
    /// How the bytes are written.
    enum Form: String, CaseIterable {
        case json
        case html
    }

    private let format: Form
    private let language: Language
    private let at: Instant
    private var object: ObjectDefinition?
    private var isFirstPart = true
    private var isFirstItem = true

    init(format: Form, language: Language, at: Instant) {
        (self.format, self.language, self.at) = (format, language, at)
    }

    func begin() -> [UInt8] {
        switch format {
        case .json: return Array("{\"made_at\":\"\(at)\"".utf8)
        case .html:
            let title = Label("All that is held of a person", zh: "个人信息副本").text(language)
            return Array(
                """
                <!doctype html><html lang="\(language.tag)"><head><meta charset="utf-8"><title>\(title)</title>\
                <meta name="viewport" content="width=device-width"><style>body{font:15px/1.6 sans-serif;margin:2em auto;\
                max-width:60em;padding:0 1em}table{border-collapse:collapse;margin:0 0 1em;width:100%}th,td{border:1px solid \
                #ccc;padding:.2em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:14em}</style></head>\
                <body><h1>\(title)</h1><p>\(at)</p>
                """.utf8
            )
        }
    }

    mutating func begin(_ part: HeldPart) -> [UInt8] {
        object = part.object
        isFirstItem = true
        defer { isFirstPart = false }
        switch format {
        case .json: return Array(",\(JSONValue.string(part.key).text):[".utf8)
        case .html: return Array("<h2>\(HeldWriter.escaped(part.label.text(language)))</h2>".utf8)
        }
    }

    mutating func item(_ item: JSONValue) -> [UInt8] {
        defer { isFirstItem = false }
        switch format {
        case .json: return Array(((isFirstItem ? "" : ",") + item.text).utf8)
        case .html:
            let rows = (item.members ?? []).filter { !$0.value.isNull }.map { member in
                let field = object?.field(member.key)
                let known = member.key == HeldWriter.missing ? HeldWriter.missingLabel : field?.label
                let label = known.map { $0.text(language) } ?? member.key
                return
                    "<tr><th>\(HeldWriter.escaped(label))</th><td>\(HeldWriter.escaped(shown(member.value, field)))</td></tr>"
            }
            return Array("<table>\(rows.joined())</table>".utf8)
        }
    }

    /// The member that says that an archive lacks the content of a file.
    private static let missing = "content_missing"
    private static let missingLabel = Label("The content is missing and not in this archive", zh: "文件内容缺失，未包含在此压缩包中")

    /// The item of a file whose content is not in the archive.
    static func withoutContent(_ item: JSONValue) -> JSONValue {
        .object((item.members ?? []) + [JSONValue.Member(key: missing, value: .bool(true))])
    }

    func endPart() -> [UInt8] {
        switch format {
        case .json: Array("]".utf8)
        case .html: isFirstItem ? Array("<p>—</p>".utf8) : []
        }
    }

    func end() -> [UInt8] { Array((format == .json ? "}\n" : "</body></html>\n").utf8) }

    private func shown(_ value: JSONValue, _ field: FieldDefinition?) -> String {
        switch value {
        case .null: return ""
        case .bool(let flag): return (flag ? Label("yes", zh: "是") : Label("no", zh: "否")).text(language)
        case .number(let text): return text
        case .string(let text):
            return field?.kind.choices.first { $0.key == text }?.label.text(language) ?? text
        case .array(let items):
            return items.map { shown($0, field) }.joined(separator: language == .zh ? "、" : ", ")
        case .object(let members):
            if let name = value["name"]?.string { return name }
            if let amount = value["value"]?.string, let currency = value["currency"]?.string {
                return amount + " " + currency
            }
            return members.map { "\($0.key): \(shown($0.value, object?.field($0.key)))" }.joined(separator: "; ")
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
