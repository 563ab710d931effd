import Expressions
import Identity
import Pages
import Records
import Schema
import Values

/// A field that a list can be filtered by: one of the object, or of a record that it links to.
struct FilterField {
    /// What values it has, as far as filters care.
    enum Shape {
        case text, number, day, boolean, person
        case choice([Choice])
        case several([Choice])
        case tags
        case link(String)
    }

    let path: String
    let label: String
    let shape: Shape

    /// Nil for kinds that no condition can be built of.
    init?(_ field: FieldDefinition, path: String, label: String) {
        self.path = path
        self.label = label
        switch field.kind {
        case .text where field.key == "id": return nil
        case .text, .longText, .phone, .email, .address, .url, .autoNumber: shape = .text
        case .integer, .decimal, .money: shape = .number
        case .day, .instant: shape = .day
        case .choice(let choices): shape = .choice(choices)
        case .multiChoice(let choices): shape = .several(choices)
        case .tags: shape = .tags
        case .boolean: shape = .boolean
        case .person: shape = .person
        case .link(let target): shape = .link(target)
        case .formula(_, let result), .rollUp(_, let result):
            switch result {
            case .text: shape = .text
            case .number: shape = .number
            case .boolean: shape = .boolean
            case .day, .instant: shape = .day
            }
        case .anyLink, .file: return nil
        }
    }

    /// The field behind a path, if the person may read it.
    static func find(_ path: String, _ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext)
        -> FilterField?
    {
        var (current, names): (ObjectDefinition, [String]) = (object, [])
        let steps = path.split(separator: ".").map(String.init)
        for (index, step) in steps.enumerated() {
            guard let field = session.readableFields(current).first(where: { $0.key == step }) else { return nil }
            names.append(context(field.label))
            if index == steps.count - 1 {
                return FilterField(field, path: path, label: names.joined(separator: " › "))
            }
            guard case .link(let target) = field.kind, let next = session.schema.object(target),
                let seen = try? session.object(next.plural)
            else { return nil }
            current = seen
        }
        return nil
    }

    /// All fields to choose from: the object's own, then those of each record that it links to.
    static func groups(_ object: ObjectDefinition, _ session: ReadSession, _ context: PageContext) -> [(
        title: String?, fields: [FilterField]
    )] {
        let own = fields(of: object, prefix: "", session, context)
        let linked = session.readableFields(object).compactMap { field -> (title: String?, fields: [FilterField])? in
            guard case .link(let target) = field.kind, let next = session.schema.object(target),
                let seen = try? session.object(next.plural)
            else { return nil }
            return (context(field.label), fields(of: seen, prefix: field.key + ".", session, context))
        }
        return [(nil, own)] + linked
    }

    private static func fields(
        of object: ObjectDefinition,
        prefix: String,
        _ session: ReadSession,
        _ context: PageContext
    ) -> [FilterField] {
        let readable = session.readableFields(object).filter { !$0.hidden && !["id", "version"].contains($0.key) }
        let ordered = readable.filter { !$0.system } + readable.filter(\.system)
        return ordered.compactMap { FilterField($0, path: prefix + $0.key, label: context($0.label)) }
    }

    /// What can be asked of it, the usual first.
    var asks: [FilterAsk] {
        switch shape {
        case .text:
            [.contains, .containsNot, .startsWith, .startsNotWith, .equals, .differs, .empty, .notEmpty]
        case .number:
            [
                .greaterOrEqual, .lessOrEqual, .greater, .less, .equals, .differs, .between, .notBetween, .empty,
                .notEmpty,
            ]
        case .day:
            [
                .today, .within, .last, .next, .older, .beforeToday, .on, .notOn, .from, .until, .before, .after,
                .between,
                .notBetween, .empty, .notEmpty,
            ]
        case .choice, .person, .link: [.oneOf, .noneOf, .empty, .notEmpty]
        case .several, .tags: [.contains, .containsNot, .empty, .notEmpty]
        case .boolean: [.yes, .no]
        }
    }

    var isDay: Bool { if case .day = shape { true } else { false } }
    var isNumber: Bool { if case .number = shape { true } else { false } }
}

/// Between what a form asks and the conditions of the language.
struct FilterQuestion {
    var ask: FilterAsk
    var values: [String] = []
    var days = ""
    var period = FilterPeriod.thisMonth

    /// The question behind a condition; nil when the form cannot ask it.
    init?(_ condition: FilterCondition, of field: FilterField) {
        let texts = condition.values.map(\.shown)
        (ask, values) = (.equals, texts)
        switch (condition.test, field.shape) {
        case (.isEmpty, _): ask = .empty
        case (.isNotEmpty, _): ask = .notEmpty
        case (_, .day):
            guard let asked = FilterQuestion.day(condition) else { return nil }
            self = asked
        case (.equal, .boolean): ask = texts == ["true"] ? .yes : .no
        case (.equal, .choice), (.equal, .person), (.equal, .link), (.among, .choice), (.among, .person),
            (.among, .link):
            ask = .oneOf
        case (.notEqual, .choice), (.notEqual, .person), (.notEqual, .link), (.notAmong, .choice),
            (.notAmong, .person), (.notAmong, .link):
            ask = .noneOf
        case (.equal, .text), (.equal, .number): ask = .equals
        case (.notEqual, .text), (.notEqual, .number): ask = .differs
        case (.less, .number): ask = .less
        case (.lessOrEqual, .number): ask = .lessOrEqual
        case (.greater, .number): ask = .greater
        case (.greaterOrEqual, .number): ask = .greaterOrEqual
        case (.between, .number): ask = .between
        case (.notBetween, .number): ask = .notBetween
        case (.contains, _): ask = .contains
        case (.containsNot, _): ask = .containsNot
        case (.startsWith, .text): ask = .startsWith
        case (.startsNotWith, .text): ask = .startsNotWith
        default: return nil
        }
    }

    private init(_ ask: FilterAsk, _ values: [String] = [], days: String = "") {
        self.ask = ask
        self.values = values
        self.days = days
    }

    /// What the form says.
    init?(_ form: Query) {
        guard let ask = FilterAsk(rawValue: form["ask"] ?? "") else { return nil }
        self.ask = ask
        values = form.items.filter { $0.name == "value" && !$0.value.isEmpty }.map(\.value)
        days = form["days"] ?? ""
        period = form["period"].flatMap(FilterPeriod.init(rawValue:)) ?? .thisMonth
        if ask == .between || ask == .notBetween { values = [form["value"] ?? "", form["second"] ?? ""] }
    }

    private static func day(_ condition: FilterCondition) -> FilterQuestion? {
        let texts = condition.values.map(\.shown)
        func bare(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
        let words = texts.map(bare)
        func count(_ text: String, _ sign: String) -> String? {
            guard text.hasPrefix("today" + sign), text.hasSuffix("d") else { return nil }
            let digits = text.dropFirst(6).dropLast()
            return digits.allSatisfy(\.isNumber) ? String(digits) : nil
        }
        switch condition.test {
        case .equal: return words == ["today"] ? .init(.today) : plain(.on, texts)
        case .notEqual: return plain(.notOn, texts)
        case .less:
            if words == ["today"] { return .init(.beforeToday) }
            return words.first.flatMap { count($0, "-") }.map { .init(.older, days: $0) } ?? plain(.before, texts)
        case .greater: return plain(.after, texts)
        case .greaterOrEqual:
            return words.first.flatMap { count($0, "-") }.map { .init(.last, days: $0) } ?? plain(.from, texts)
        case .lessOrEqual: return plain(.until, texts)
        case .between:
            if let period = FilterPeriod.allCases.first(where: { words == [$0.days.first, $0.days.last].map(bare) }) {
                var question = FilterQuestion(.within)
                question.period = period
                return question
            }
            if words.count == 2, words[1] == "today", let days = count(words[0], "-") {
                return .init(.last, days: days)
            }
            if words.count == 2, words[0] == "today", let days = count(words[1], "+") {
                return .init(.next, days: days)
            }
            return plain(.between, texts)
        case .notBetween: return plain(.notBetween, texts)
        default: return nil
        }
    }

    /// Only days can be typed; an expression such as `today + 1mo` is not taken apart.
    private static func plain(_ ask: FilterAsk, _ texts: [String]) -> FilterQuestion? {
        texts.allSatisfy { Day($0) != nil } ? .init(ask, texts) : nil
    }

    /// The condition; nil when something that it needs was not filled in.
    func condition(_ field: FilterField) -> FilterCondition? {
        func with(_ test: FilterTest, _ values: [FilterValue]) -> FilterCondition? {
            test.count == nil
                ? (values.isEmpty ? nil : FilterCondition(field.path, test, values))
                : values.count >= test.count ?? 0 ? FilterCondition(field.path, test, values) : nil
        }
        let number = Int(days.filter(\.isNumber)).map { min($0, 36_500) }
        func ago(_ sign: String) -> FilterValue? { number.map { .code("today \(sign) \($0)d") } }
        let typed = values.compactMap { value($0, field) }
        switch ask {
        case .contains: return with(.contains, typed)
        case .containsNot: return with(.containsNot, typed)
        case .startsWith: return with(.startsWith, typed)
        case .startsNotWith: return with(.startsNotWith, typed)
        case .equals, .on: return with(.equal, typed)
        case .differs, .notOn: return with(.notEqual, typed)
        case .less, .before: return with(.less, typed)
        case .lessOrEqual, .until: return with(.lessOrEqual, typed)
        case .greater, .after: return with(.greater, typed)
        case .greaterOrEqual, .from: return with(.greaterOrEqual, typed)
        case .between: return with(.between, typed)
        case .notBetween: return with(.notBetween, typed)
        case .oneOf: return typed.count == 1 && typed != [.code("my_teams")] ? with(.equal, typed) : with(.among, typed)
        case .noneOf: return with(.notAmong, typed)
        case .today: return with(.equal, [.code("today")])
        case .beforeToday: return with(.less, [.code("today")])
        case .within: return with(.between, [.code(period.days.first), .code(period.days.last)])
        case .last: return ago("-").flatMap { with(.between, [$0, .code("today")]) }
        case .next: return ago("+").flatMap { with(.between, [.code("today"), $0]) }
        case .older: return ago("-").flatMap { with(.less, [$0]) }
        case .yes: return with(.equal, [.code("true")])
        case .no: return with(.equal, [.code("false")])
        case .empty: return with(.isEmpty, [])
        case .notEmpty: return with(.isNotEmpty, [])
        }
    }

    private func value(_ text: String, _ field: FilterField) -> FilterValue? {
        if field.isNumber {
            let digits = Fold.fold(text).filter { !$0.isWhitespace && $0 != "," }
            return Double(digits).map { _ in .code(digits) }
        }
        if case .person = field.shape, ["me", "my_teams"].contains(text) { return .code(text) }
        return .text(text)
    }
}
