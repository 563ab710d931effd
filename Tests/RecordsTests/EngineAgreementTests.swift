import Database
import Identity
import Records
import SQLText
import Schema
import TestSupport
import Testing
import Values

/// The same workspace on both engines, with fields, records and questions made by chance.
@Suite(.enabled(if: TestDatabase.dialect == .postgres, "needs both engines: scripts/with-postgres"))
struct EngineAgreementTests {
    @Test(arguments: 1...6)
    func `both engines answer every list, search, sum and history alike`(seed: Int) async throws {
        var answers: [[String]] = []
        for dialect in Dialect.allCases {
            var story = try await RandomStory(seed: UInt64(seed), on: dialect)
            try await story.addFields()
            try await story.write()
            answers.append(try await story.ask())
        }
        #expect(answers[0].count == answers[1].count && answers[0].count > 100)
        for (one, other) in zip(answers[0], answers[1]) { #expect(one == other) }
    }
}

/// What happens in a workspace, decided by a seed alone.
private struct RandomStory {
    private let office: Office
    private var dice: Chance
    private var fields: [(key: String, kind: String)] = []
    private var companies: [RecordID] = []

    static let kinds = [
        "text", "long_text", "number", "decimal", "money", "date", "instant", "choice", "boolean", "tags", "email",
    ]
    static let texts = [
        "Ab", "ＡＢ", "ab", "科技有限公司", "科技", "100%_x", "É", "Straße", "x\\\"y", "ZZ 9", "北京分享", "重庆", "长沙", "zebra",
        "Äpfel", "𠮷野家", "a b", "a-b", "_", "~",
    ]

    init(seed: UInt64, on dialect: Dialect) async throws {
        let clock = Clock.fixed(Instant(milliseconds: 1_790_000_000_000))
        office = try await Office.open(on: dialect, clock: clock)
        dice = Chance(seed: seed)
    }

    mutating func addFields() async throws {
        for number in 0..<8 {
            let kind = dice.pick(RandomStory.kinds)
            var json =
                "{\"key\":\"f\(number)\",\"label\":{\"en\":\"F\(number)\",\"zh\":\"字段\(number)\"},\"kind\":\"\(kind)\""
            if kind == "choice" {
                json +=
                    ",\"choices\":["
                    + ["low", "mid", "high"].map {
                        "{\"key\":\"\($0)\",\"label\":{\"en\":\"\($0)\",\"zh\":\"\($0)级\"}}"
                    }.joined(separator: ",") + "]"
            }
            if ["text", "number", "money", "date"].contains(kind), dice.below(2) == 0 { json += ",\"indexed\":true" }
            let change = SchemaChange.addField(object: "company", try JSONReader.parse(json + "}"))
            try await office.engine.apply(change, as: office.admin)
            fields.append(("x_f\(number)", kind))
        }
    }

    private mutating func value(_ kind: String) -> String {
        if dice.below(4) == 0 { return "null" }
        return switch kind {
        case "number": "\(dice.below(2001) - 1000)"
        case "decimal", "money": "\"\(dice.below(200_000) - 100_000).\(10 + dice.below(90))\""
        case "date": "\"20\(10 + dice.below(20))-0\(1 + dice.below(9))-1\(dice.below(10))\""
        case "instant":
            "\"20\(10 + dice.below(20))-0\(1 + dice.below(9))-1\(dice.below(10))T0\(dice.below(10)):00:00.5Z\""
        case "choice": "\"" + dice.pick(["low", "mid", "high"]) + "\""
        case "boolean": dice.below(2) == 0 ? "true" : "false"
        case "tags": "[\"a\(dice.below(3))\",\"标\(dice.below(3))\"]"
        case "email": "\"m\(dice.below(9))@b\(dice.below(3)).cn\""
        default: "\"" + dice.pick(RandomStory.texts) + "\""
        }
    }

    private mutating func members() -> String {
        var json =
            "\"level\":\(dice.pick(["\"a\"", "\"b\"", "null"])),\"worth\":\(value("money")),\"staff\":\(value("number"))"
        for field in fields where dice.below(3) > 0 { json += ",\"\(field.key)\":\(value(field.kind))" }
        return json
    }

    mutating func write() async throws {
        let people = [office.ada, office.bob, office.mei, office.admin]
        for number in 0..<60 {
            let name = "\"name\":\"\(dice.pick(RandomStory.texts)) \(dice.below(30))\",\"code\":\"K\(number)\""
            companies.append(try await office.company("{\(name),\(members())}", as: dice.pick(people)).id)
        }
        for number in 0..<40 {
            let json =
                "{\"name\":\"\(dice.pick(RandomStory.texts))\(number)\",\"amount\":\(value("money")),"
                + "\"company\":\"\(dice.pick(companies))\"}"
            try await office.make("deals", json, as: office.admin)
        }
        for _ in 0..<25 {
            try await office.change("companies", dice.pick(companies), "{\(members())}", as: office.admin)
        }
        for id in companies where dice.below(10) == 0 {
            try await office.engine.write(as: office.admin) { try $0.delete(try $0.object("company"), id) }
        }
    }

    private mutating func condition() -> String {
        let field = dice.pick(
            fields + [("worth", "money"), ("staff", "number"), ("name", "text"), ("level", "choice")]
        )
        let sign = dice.pick(["=", "!=", "<", "<=", ">", ">="])
        return switch field.kind {
        case "number", "decimal", "money": "\(field.key) \(sign) \(dice.below(2000) - 1000)"
        case "date": "\(field.key) \(sign) \"2020-0\(1 + dice.below(9))-15\""
        case "instant": dice.pick(["\(field.key) is empty", "\(field.key) >= today - 900d"])
        case "choice": dice.pick(["\(field.key) is empty", "\(field.key) is not empty"])
        case "boolean": dice.pick([field.key, "not \(field.key)"])
        case "tags": "\(field.key) contains \"a1\""
        default:
            dice.pick(["\(field.key) contains ", "\(field.key) starts with ", "\(field.key) = ", "\(field.key) < "])
                + "\"" + dice.pick(RandomStory.texts) + "\""
        }
    }

    private mutating func query() -> ListQuery {
        var query = ListQuery()
        let filter = [condition(), condition(), "count(deals where amount > \(dice.below(900))) > 0", condition()]
        query.filter =
            switch dice.below(5) {
            case 0: nil
            case 1: filter[0]
            case 2: "\(filter[0]) and not (\(filter[1]))"
            case 3: "\(filter[0]) or \(filter[1])"
            default: "(\(filter[0]) or \(filter[2])) and \(filter[3])"
            }
        let sortable =
            fields.filter { !["tags", "long_text"].contains($0.kind) }.map(\.key) + ["name", "worth", "created_at"]
        for _ in 0..<dice.below(3) { query.sort.append(dice.pick(["", "-"]) + dice.pick(sortable)) }
        query.limit = 1 + dice.below(25)
        query.total = dice.below(2) == 0
        query.deleted = dice.below(12) == 0
        return query
    }

    /// What people are shown, page by page.
    mutating func ask() async throws -> [String] {
        var answers: [String] = []
        for round in 0..<60 {
            var query = query()
            if round % 5 == 4 {
                (query.filter, query.sort) = (nil, [])
                query.search = dice.pick(["ab", "科技", "bj", "beijing", "k", "cq", "é", "zz", "9", "chang"])
            }
            let actor = dice.pick([office.admin, office.ada, office.mei, office.head])
            repeat {
                let (asked, page) = (query, try await answer(query, as: actor))
                answers.append("\(asked.filter ?? "") \(asked.sort) \(asked.search ?? ""): \(page.text)")
                query.cursor = page.next
            } while query.cursor != nil && answers.count < 1000
        }
        for _ in 0..<30 {
            var query = ListQuery()
            query.filter = condition()
            answers.append(try await figures(query))
        }
        for id in companies {
            let history = try await office.engine.read(as: office.admin) { session in
                try session.history(try session.object("company"), id).map { "\($0.action) \($0.changes ?? "")" }
            }
            answers.append(history.joined(separator: "\n"))
        }
        return answers
    }

    private func figures(_ query: ListQuery) async throws -> String {
        do {
            return try await office.engine.read(as: office.admin) { session in
                let object = try session.object("company")
                let sums = try session.sums(object, of: ["worth", "staff"], query)
                let groups = try session.groups(object, by: ["level"], sum: "worth", query)
                    .map { "\($0.values) \($0.count) \($0.sum)" }
                return "\(sums.count) \(sums.sums["worth"] ?? 0) \(sums.sums["staff"] ?? 0) \(groups.sorted())"
            }
        } catch let problem as Problem {
            return problem.code
        }
    }

    private func answer(_ query: ListQuery, as actor: Actor) async throws -> (text: String, next: String?) {
        do {
            let text = try await office.engine.read(as: actor) { session in
                var json = JSONWriter()
                try session.writeList(try session.object("companies"), query, to: &json)
                return json.text
            }
            return (text, try JSONReader.parse(text)["next"]?.string)
        } catch let problem as Problem {
            // A question that is refused is refused by both.
            return (problem.code, nil)
        }
    }
}

/// Numbers that can be thrown again.
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func pick<Element>(_ all: [Element]) -> Element { all[below(all.count)] }
}
