import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Search
import Values

/// What is wrong with a form of the administration, sorted by where it is shown.
struct FormErrors {
    /// Beside the controls, by their names.
    private(set) var byControl: [String: String] = [:]
    /// On top of the page: what belongs to no control.
    private(set) var flash: Flash?

    /// No errors.
    init() {}

    /// The errors of a problem. `controls` says which control stands for a field of the problem where names differ;
    /// `known` are the controls that can show an error.
    init(_ problem: Problem, known: Set<String>, controls: [String: String] = [:], in context: PageContext) {
        var rest: [String] = []
        for field in problem.fields {
            let name = controls[field.field] ?? field.field
            if known.contains(name), byControl[name] == nil {
                byControl[name] = context(field.message)
            } else {
                rest.append(context(field.message))
            }
        }
        if problem.fields.isEmpty || problem.kind == .conflict { rest = [context(problem.message)] }
        if !rest.isEmpty { flash = Flash(.bad, rest.joined(separator: " ")) }
    }
}

extension FormFields {
    /// A text in both languages; one that is left empty takes the other's. Nil when both are empty.
    func label(en: String = "en", zh: String = "zh") -> Label? {
        let (english, chinese) = (text(en), text(zh))
        guard !english.isEmpty || !chinese.isEmpty else { return nil }
        return Label(english.isEmpty ? chinese : english, zh: chinese.isEmpty ? english : chinese)
    }

    /// What was typed, by the name of the control, so that a form can come back as it was.
    var draft: [String: String] {
        Dictionary(items.filter { !$0.name.hasPrefix("_") }.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension Label {
    /// The label as the members of definitions have it.
    var json: JSONValue {
        .object([.init(key: "en", value: .string(en)), .init(key: "zh", value: .string(zh))])
    }

    /// A key made from the name: small letters, digits, underscores; Chinese by its pinyin. Empty when there is none.
    var proposedKey: String {
        let source = en.utf8.contains { (0x61...0x7A).contains($0 | 0x20) } ? Fold.fold(en) : SortKey.spelled(zh)
        var key = ""
        for byte in source.utf8 {
            switch byte {
            case 0x30...0x39 where !key.isEmpty: key.append(Character(Unicode.Scalar(byte)))
            case 0x61...0x7A: key.append(Character(Unicode.Scalar(byte)))
            case 0x20, 0x2D, 0x5F, 0x2F: if !key.isEmpty, !key.hasSuffix("_") { key.append("_") }
            default: break
            }
        }
        key = String(key.prefix(38))
        while key.hasSuffix("_") { key.removeLast() }
        return key
    }
}

/// Parts of a page below each other, with room between them.
enum AdminStack {
    static func html(_ parts: [HTML]) -> HTML {
        "<div class=\"k-stack\">\(HTML.each(parts.filter { !$0.isEmpty }) { "<div>\($0)</div>" })</div>"
    }
}

/// Members of a JSON object, by their names.
func members(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(pairs.map { .init(key: $0.key, value: $0.value) })
}
