import Expressions
import Schema
import Values

/// Writes random expressions of a wanted type over the objects of a random world.
struct RandomExpression {
    enum Kind: CaseIterable { case text, number, boolean, day, instant, choice, several, firm, person }

    let snapshot: SchemaSnapshot
    var dice: Dice

    mutating func write(_ kind: Kind, on object: String, depth: Int) -> String {
        if depth <= 0 || dice.below(4) == 0 {
            let paths = self.paths(kind, on: object, links: 2)
            if !paths.isEmpty, dice.below(5) > 0 { return dice.pick(paths) }
            return literal(kind) ?? (paths.first ?? "")
        }
        switch kind {
        case .boolean: return condition(on: object, depth: depth)
        case .number: return number(on: object, depth: depth)
        case .text: return text(on: object, depth: depth)
        case .day, .instant: return moment(kind, on: object, depth: depth)
        default: return either(kind, on: object, depth: depth)
        }
    }

    // MARK: - Leaves

    private func paths(_ kind: Kind, on object: String, links: Int) -> [String] {
        guard let definition = snapshot.object(object) else { return [] }
        var result: [String] = []
        for field in definition.visibleFields {
            switch (field.kind, kind) {
            case (.link(let target), _):
                if kind == .firm, target == "firm" { result.append(field.key) }
                if links > 0 {
                    result += paths(kind, on: target, links: links - 1).filter { $0.utf8.count % 3 != 0 }
                        .map { "\(field.key).\($0)" }
                }
            case (.person, .person): result.append(field.key)
            case (.person, .text): result += ["\(field.key).name", "\(field.key).email"]
            case (.integer, .number), (.decimal, .number), (.money, .number), (.day, .day), (.instant, .instant),
                (.longText, .text), (.phone, .text), (.email, .text), (.url, .text), (.choice, .choice),
                (.multiChoice, .several), (.tags, .several), (.boolean, .boolean), (.formula(_, .number), .number),
                (.rollUp, .number), (.formula(_, .text), .text):
                result.append(field.key)
            case (.text, .text) where field.key != "id": result.append(field.key)
            case (.address, .text): result += [field.key, "\(field.key).city"]
            default: break
            }
        }
        return result
    }

    private mutating func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private mutating func literal(_ kind: Kind) -> String? {
        switch kind {
        case .text: quoted(dice.pick(RandomWorld.texts + ["b", "技", "%", "STRASSE", "é"]))
        case .number:
            dice.pick([
                "0", "1", "2.5", "-1", "0.1", "100", "99.999", "1.05", "250", "9223372036854775807", "0.333", "1000",
            ])
        case .boolean: dice.pick(["true", "false"])
        case .day:
            dice.below(3) == 0
                ? ["today", "month_start", "week_end", "quarter_start", "year_end"][dice.below(5)]
                : "(today - \(dice.below(40))d)"
        case .instant: dice.below(3) == 0 ? "now" : "(now - \(dice.below(90))h)"
        case .person: "me"
        case .choice, .several, .firm: nil
        }
    }

    private mutating func dayText() -> String { quoted(dice.pick(RandomWorld.days + ["2025-01-20", "2025-01-23"])) }

    // MARK: - Conditions

    private mutating func condition(on object: String, depth: Int) -> String {
        let less = depth - 1
        func part(_ kind: Kind, _ this: inout RandomExpression) -> String { this.write(kind, on: object, depth: less) }
        switch dice.below(20) {
        case 0, 1: return "(\(part(.boolean, &self)) and \(part(.boolean, &self)))"
        case 2, 3: return "(\(part(.boolean, &self)) or \(part(.boolean, &self)))"
        case 4, 5: return "not (\(part(.boolean, &self)))"
        case 6, 7: return "(\(part(.number, &self)) \(sign()) \(part(.number, &self)))"
        case 8: return "(\(part(.text, &self)) \(sign()) \(part(.text, &self)))"
        case 9: return "(\(part(.text, &self)) \(dice.pick(["contains", "starts with"])) \(part(.text, &self)))"
        case 10: return phone(on: object)
        case 11: return "(\(part(.day, &self)) \(sign()) \(dice.below(2) == 0 ? dayText() : part(.day, &self)))"
        case 12: return "(\(part(.instant, &self)) \(sign()) \(part(dice.pick([.day, .instant]), &self)))"
        case 13: return choice(on: object, depth: depth)
        case 14: return several(on: object)
        case 15: return people(on: object, depth: depth)
        case 16:
            let kind = dice.pick(Kind.allCases)
            let value = part(kind, &self)
            return value.isEmpty ? "true" : "(\(value) is \(dice.pick(["", "not "]))empty)"
        case 17: return "(\(part(.number, &self)) between \(part(.number, &self)) and \(part(.number, &self)))"
        case 18: return among(on: object, depth: depth)
        default: return "(\(part(.boolean, &self)) \(dice.pick(["=", "!="])) \(part(.boolean, &self)))"
        }
    }

    private mutating func sign() -> String { dice.pick(["=", "!=", "<", "<=", ">", ">="]) }

    private mutating func phone(on object: String) -> String {
        let paths = paths(.text, on: object, links: 1).filter { $0.hasSuffix("tel") }
        guard !paths.isEmpty else { return "true" }
        let number = quoted(dice.pick(["138", "13812345678", "010-8888", "+1 202", "８６", "+8613812345678", "1390000"]))
        let path = dice.pick(paths)
        if dice.below(4) == 0 { return "(\(path) in (\(number), \"+12025550143\"))" }
        return "(\(path) \(dice.pick(["=", "!=", "contains", "starts with"])) \(number))"
    }

    private mutating func choice(on object: String, depth: Int) -> String {
        let left = write(.choice, on: object, depth: depth - 1)
        guard !left.isEmpty else { return "false" }
        let key = quoted(dice.pick(["low", "mid", "High", "高", "LOW"]))
        switch dice.below(4) {
        case 0: return "(\(left) in (\(key), \"mid\"))"
        case 1: return "(\(left) \(dice.pick(["=", "!="])) \(write(.choice, on: object, depth: 0)))"
        case 2: return "(\(left) = \(write(.text, on: object, depth: 0)))".replacing("\"\"", with: "name")
        default: return "(\(left) \(dice.pick(["=", "!="])) \(key))"
        }
    }

    private mutating func several(on object: String) -> String {
        let paths = paths(.several, on: object, links: 1)
        guard !paths.isEmpty else { return "true" }
        let path = dice.pick(paths)
        let entry =
            path.hasSuffix("marks") ? dice.pick(["vip", "VIP", "老客户", "b", "a|b", ""]) : dice.pick(["low", "High"])
        return "(\(path) contains \(quoted(entry)))"
    }

    private mutating func people(on object: String, depth: Int) -> String {
        let left = write(.person, on: object, depth: depth - 1)
        switch dice.below(4) {
        case 0: return "(\(left) in my_teams)"
        case 1: return "(\(left) in (me, \(write(.person, on: object, depth: 0))))"
        case 2:
            let firm = write(.firm, on: object, depth: 0)
            return firm.isEmpty ? "true" : "(\(firm) \(dice.pick(["=", "!="])) \"000000000000\(dice.below(7))\")"
        default: return "(\(left) \(dice.pick(["=", "!="])) me)"
        }
    }

    private mutating func among(on object: String, depth: Int) -> String {
        let kind: Kind = dice.pick([.number, .text, .day])
        let list = (0..<dice.below(4)).map { _ in write(kind, on: object, depth: dice.below(3) == 0 ? 1 : 0) }
        return
            "(\(write(kind, on: object, depth: depth - 1)) \(dice.pick(["", "not "]))in (\(list.joined(separator: ", "))))"
    }

    // MARK: - Values

    private mutating func number(on object: String, depth: Int) -> String {
        let less = depth - 1
        func part(_ kind: Kind, _ this: inout RandomExpression) -> String { this.write(kind, on: object, depth: less) }
        switch dice.below(12) {
        case 0, 1: return "(\(part(.number, &self)) \(dice.pick(["+", "-", "*", "/"])) \(part(.number, &self)))"
        case 2:
            return
                "(\(part(.number, &self)) \(dice.pick(["+", "-"])) \(part(.number, &self)) * \(part(.number, &self)) / 3)"
        case 3: return "-\(part(.number, &self))".replacing("--", with: "- -")
        case 4: return "round(\(part(.number, &self)), \(dice.below(4)))"
        case 5: return "\(dice.pick(["floor", "ceil", "abs", "round"]))(\(part(.number, &self)))"
        case 6: return "len(\(part(.text, &self)))"
        case 7:
            return "\(dice.pick(["year", "month", "day", "days_since"]))(\(part(dice.pick([.day, .instant]), &self)))"
        case 8: return "days_between(\(part(.day, &self)), \(part(dice.pick([.day, .instant]), &self)))"
        case 9, 10:
            guard let child = snapshot.children(of: object).first?.object else { return part(.number, &self) }
            let condition = dice.below(2) == 0 ? "" : " where " + write(.boolean, on: child.key, depth: min(less, 1))
            if dice.below(3) == 0 { return "count(\(child.plural)\(condition))" }
            let field = dice.pick(paths(.number, on: child.key, links: 0).filter { $0 != "weight" })
            return "\(dice.pick(["sum", "min", "max", "avg"]))(\(child.plural).\(field)\(condition))"
        default: return either(.number, on: object, depth: depth)
        }
    }

    private mutating func text(on object: String, depth: Int) -> String {
        let less = depth - 1
        func part(_ kind: Kind, _ this: inout RandomExpression) -> String { this.write(kind, on: object, depth: less) }
        switch dice.below(4) {
        case 0: return "\(dice.pick(["lower", "upper"]))(\(part(.text, &self)))"
        case 1: return "concat(\(part(.text, &self)), \(part(dice.pick([.number, .day, .text]), &self)))"
        default: return either(.text, on: object, depth: depth)
        }
    }

    private mutating func moment(_ kind: Kind, on object: String, depth: Int) -> String {
        if dice.below(2) == 0 {
            let unit = dice.pick(kind == .day ? ["d", "w", "mo", "y"] : ["h", "d", "mo", "y"])
            let value = write(kind, on: object, depth: depth - 1)
            return "(\(value) \(dice.pick(["+", "-"])) \(dice.pick([1, 3, 13, 700]))\(unit))"
        }
        if dice.below(3) == 0, object == "thing" {
            return "\(dice.pick(["min", "max"]))(pieces.\(kind == .day ? "born_on" : "created_at"))"
        }
        return either(kind, on: object, depth: depth)
    }

    private mutating func either(_ kind: Kind, on object: String, depth: Int) -> String {
        let one = write(kind, on: object, depth: depth - 1)
        let other = write(kind, on: object, depth: depth - 1)
        guard !one.isEmpty, !other.isEmpty else { return one + other }
        if dice.below(2) == 0 { return "coalesce(\(one), \(other))" }
        return "if(\(write(.boolean, on: object, depth: depth - 1)), \(one), \(other))"
    }
}
