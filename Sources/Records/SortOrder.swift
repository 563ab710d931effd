import SQLText
import Values

/// The order of a list, and how a page continues where the one before ended.
struct SortOrder {
    struct Term {
        let key: String
        let expression: SQLFragment
        let descending: Bool
        let nullable: Bool
    }

    private let terms: [Term]
    private let object: String

    /// The id always comes last, so that the order is total.
    init(terms: [Term], object: String) {
        self.object = object
        let newestFirst = terms.last?.descending ?? true
        let id = Term(key: "id", expression: "t.\"id\"", descending: newestFirst, nullable: false)
        self.terms = terms.last?.key == "id" ? terms : terms + [id]
    }

    /// True for the order by id alone, from the end.
    var isNewestFirst: Bool { terms.count == 1 && terms[0].key == "id" && terms[0].descending }

    /// True for the order by time of creation, from the end, where everybody may know that.
    var isNewestCreatedFirst: Bool {
        terms[0].key == "created_at" && terms[0].descending && terms[0].expression.text == "t.\"created_at\""
    }

    /// The first of the values that a cursor keeps.
    func first(of cursor: String) throws -> SQLValue { try decode(cursor)[0] }

    var orderBy: SQLFragment {
        terms.map { term -> SQLFragment in
            if term.descending { return term.expression + (term.nullable ? " DESC NULLS LAST" : " DESC") }
            return term.expression + (term.nullable ? " ASC NULLS LAST" : " ASC")
        }.joined(", ")
    }

    /// The values that a cursor keeps.
    var select: SQLFragment { terms.map(\.expression).joined(", ") }

    private var signature: String {
        object + ":" + terms.map { ($0.descending ? "-" : "") + $0.key }.joined(separator: ",")
    }

    func cursor(_ values: [SQLValue]) -> String {
        var json = JSONWriter()
        json.array { json in
            json.string(signature)
            for value in values {
                switch value {
                case .integer(let number): json.raw(String(number))
                case .real(let number): json.array { $0.string(String(number)) }
                case .text(let text): json.string(text)
                default: json.null()
                }
            }
        }
        return Base64URL.text(json.bytes)
    }

    /// The condition for the rows behind a cursor.
    func after(_ cursor: String) throws -> SQLFragment {
        let values = try decode(cursor)
        // (a > x) OR (a = x AND b > y) OR …; for a plain ascending or descending pair the row form uses the index.
        if terms.allSatisfy({ !$0.nullable && $0.descending == terms[0].descending }) {
            let sign: SQLFragment = terms[0].descending ? " < " : " > "
            let bound = values.map { "\($0)" as SQLFragment }.joined(", ")
            return "(" + select + ")" + sign + "(" + bound + ")"
        }
        var ways: [SQLFragment] = []
        for index in terms.indices {
            var parts = (0..<index).map { "\(terms[$0].expression) IS NOT DISTINCT FROM \(values[$0])" as SQLFragment }
            guard let behind = behind(terms[index], values[index]) else { continue }
            parts.append(behind)
            ways.append("(" + parts.joined(" AND ") + ")")
        }
        return ways.isEmpty ? "1 = 0" : "(" + ways.joined(" OR ") + ")"
    }

    private func behind(_ term: Term, _ value: SQLValue) -> SQLFragment? {
        // Empty values come last in both directions.
        if value.isNull { return nil }
        let beyond: SQLFragment = term.descending ? "\(term.expression) < \(value)" : "\(term.expression) > \(value)"
        return term.nullable ? "(" + beyond + " OR \(term.expression) IS NULL)" : beyond
    }

    private func decode(_ cursor: String) throws -> [SQLValue] {
        let wrong = Problem.invalidCursor
        guard cursor.utf8.count <= 4000 else { throw wrong }
        guard let bytes = Base64URL.bytes(cursor), let json = try? JSONReader.parse(bytes),
            let items = json.array, items.count == terms.count + 1, items[0].string == signature
        else { throw wrong }
        return try items.dropFirst().map { item in
            switch item {
            case .null: return .null
            case .string(let text): return .text(text)
            case .number(let text):
                guard let number = Int64(text) else { throw wrong }
                return .integer(number)
            case .array(let inner):
                guard inner.count == 1, let number = inner[0].string.flatMap(Double.init) else { throw wrong }
                return .real(number)
            default: throw wrong
            }
        }
    }
}
