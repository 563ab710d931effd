import Database
import Expressions
import SQLText
import Schema
import TestSupport
import Values

/// A workspace made by chance: firms, things that belong to firms, pieces that belong to things, and people.
struct RandomWorld: Sendable {
    let snapshot: SchemaSnapshot
    /// The rows by table, then id.
    private(set) var rows: [String: [Int64: [String: SQLValue]]] = [:]
    let context: EvaluationContext

    static let choices = [
        Choice("low", Label("Low", zh: "低")), Choice("mid", Label("Mid", zh: "中")),
        Choice("High", Label("High", zh: "高")),
    ]
    static let texts = [
        "", "Ab", "ＡＢ", "ab", "科技有限公司", "科技", "100%_x", "É", "e\u{301}", "Straße", "a|b", "İ", "x\"y\\", "ZZ 9",
    ]
    static let phones = ["+8613812345678", "+8613812345678;ext=802", "+861088886666", "+12025550143", "+8613900001111"]
    static let emails = ["a@b.cn", "ab@x.com", "zoe@b.cn"]
    static let tags = ["|vip|", "|VIP|老客户|", "|a|b|c|", "|Ｖｉｐ|"]
    static let several = ["|low|", "|High|low|", "|High|low|mid|"]
    static let days = [
        "2025-01-31", "2024-02-29", "2025-03-01", "2024-12-31", "9999-12-31", "0001-01-01", "2025-02-15",
    ]
    static let numbers: [Int64] = [-250, -1, 0, 1, 2, 5, 10, 99, 100, 105, 250, 333, 1000, 99_999]
    static let kinds: [(String, FieldKind)] = [
        ("label", .text(max: 100)), ("note", .longText(max: 100)), ("count_a", .integer), ("rate", .decimal(scale: 3)),
        ("price", .money), ("born", .day), ("seen", .instant), ("level", .choice(choices)),
        ("flags", .multiChoice(choices)), ("live", .boolean), ("tel", .phone), ("mail", .email), ("marks", .tags),
        ("home", .address), ("site", .url), ("any_one", .anyLink),
    ]

    init(seed: UInt64) {
        var dice = Dice(seed: seed)
        func field(_ key: String, _ kind: FieldKind) -> FieldDefinition {
            FieldDefinition(id: key, key: key, label: Label(key, zh: key), kind: kind)
        }
        func object(_ key: String, _ more: [FieldDefinition], _ dice: inout Dice) -> ObjectDefinition {
            let own = RandomWorld.kinds.filter { _ in dice.below(4) > 0 }.map { field($0.0, $0.1) }
            return .declared(
                key,
                plural: key + "s",
                Label(key, zh: key),
                many: Label(key, zh: key),
                icon: "x",
                fields: [field("name", .text(max: 50)), field("size", .integer), field("born_on", .day)] + own + more
            )
        }
        snapshot = SchemaSnapshot(
            version: 1,
            objects: [
                object("firm", [field("parent", .link(to: "firm"))], &dice),
                object(
                    "thing",
                    [
                        field("firm", .link(to: "firm")), field("twice", .formula("size * 2 + 1", .number)),
                        field("weight", .rollUp("sum(pieces.size where size > 0)", .number)),
                        field("title", .formula("concat(name, \"-\", size)", .text)),
                    ],
                    &dice
                ),
                object("piece", [field("thing", .link(to: "thing"))], &dice),
            ],
            baseCurrency: dice.pick(["CNY", "JPY", "KWD"])
        )
        context = EvaluationContext(
            today: Day(daysSince1970: 20_110),
            now: Instant(milliseconds: 20_110 * 86_400_000 + 30_000_000),
            me: dice.below(5) == 0 ? nil : RecordID(2),
            myTeams: dice.below(5) == 0 ? [] : [RecordID(1), RecordID(2)],
            zone: dice.pick([
                .fixed(0), .fixed(28_800), .fixed(20_700), Zone.named("America/New_York") ?? .fixed(-18_000),
                Zone.named("Australia/Lord_Howe") ?? .fixed(37_800),
            ])
        )
        rows["sys_user"] = [
            1: ["id": .integer(1), "name": .text("Ａda"), "email": .text("ada@x.cn"), "team": .integer(1)],
            2: ["id": .integer(2), "name": .text("Bo"), "email": .text("bo@x.cn"), "team": .integer(3)],
            3: ["id": .integer(3), "name": .text("Cy"), "email": .text("cy@x.cn"), "team": .null],
        ]
        for (key, count) in [("firm", 6), ("thing", 20), ("piece", 50)] {
            for id in 1...Int64(count) { rows[key, default: [:]][id] = row(key, id, &dice) }
        }
    }

    private func row(_ object: String, _ id: Int64, _ dice: inout Dice) -> [String: SQLValue] {
        var row: [String: SQLValue] = [:]
        for field in snapshot.object(object)?.fields ?? [] {
            for column in field.columns {
                row[column.name] = dice.below(4) == 0 ? .null : value(field, column.name, object, &dice)
            }
        }
        row["id"] = .integer(id)
        row["deleted_at"] = object != "thing" && dice.below(8) == 0 ? .integer(5) : .null
        return row
    }

    private func value(_ field: FieldDefinition, _ column: String, _ object: String, _ dice: inout Dice) -> SQLValue {
        switch field.kind {
        case .text, .longText, .url, .autoNumber, .address: return .text(dice.pick(RandomWorld.texts))
        case .integer, .decimal, .money:
            if column.hasSuffix("_currency") { return .text(dice.pick(["CNY", "USD"])) }
            // Sums stay where floating point is exact; single values go to the limits.
            if object == "thing", dice.below(12) == 0 { return .integer(dice.pick([.max, .min, .max - 1])) }
            return .integer(dice.pick(RandomWorld.numbers))
        case .day: return .text(dice.pick(RandomWorld.days))
        case .instant:
            let near = (20_110 - Int64(dice.below(60))) * 86_400_000 + Int64(dice.below(86_400)) * 1000
            return .integer(dice.below(6) == 0 ? dice.pick([0, -1, 253_402_300_799_000]) : near)
        case .choice: return .text(dice.pick(RandomWorld.choices).key)
        case .multiChoice: return .text(dice.pick(RandomWorld.several))
        case .boolean: return .integer(Int64(dice.below(2)))
        case .link(let to): return .integer(Int64(dice.below(to == "thing" ? 20 : 7) + 1))
        case .anyLink: return column.hasSuffix("_object") ? .text("firm") : .integer(Int64(dice.below(5)))
        case .phone: return .text(dice.pick(RandomWorld.phones))
        case .email: return .text(dice.pick(RandomWorld.emails))
        case .person: return .integer(Int64(dice.below(4) + 1))
        case .file: return .integer(1)
        case .tags: return .text(dice.pick(RandomWorld.tags))
        case .formula, .rollUp: return .null
        }
    }

    /// A database file with the rows, and with indexes as a workspace has.
    func database() async throws -> Database {
        let database = try await TestDatabase.make()
        let world = self
        try await database.write { connection in
            try connection.script("CREATE TABLE sys_user (id INTEGER PRIMARY KEY, name TEXT, email TEXT, team INTEGER)")
            for object in world.snapshot.objects {
                let columns = object.columns.map { column in
                    quotedName(column.name) + (column.type == .text ? " TEXT" : " INTEGER")
                        + (column.name == "id" ? " PRIMARY KEY" : "")
                }
                try connection.script("CREATE TABLE \(object.key) (\(columns.joined(separator: ", ")))")
                for column in object.columns.dropFirst() where column.name.utf8.count % 2 == 0 {
                    try connection.script("CREATE INDEX \(object.key)_\(column.name) ON \(object.key) (\(column.name))")
                }
                try connection.script("CREATE INDEX \(object.key)_folded ON \(object.key) (kehu_fold(name))")
            }
            for (table, rows) in world.rows {
                for row in rows.values {
                    let names = row.keys.sorted()
                    try connection.run(
                        """
                        INSERT INTO \(name: table) (\(raw: names.map(quotedName).joined(separator: ", "))) VALUES \
                        \(list: names.map { row[$0] ?? .null })
                        """
                    )
                }
            }
        }
        return database
    }

    /// The reader in memory over the same rows.
    var memory: ExpressionMemory {
        func columns(_ row: [String: SQLValue]) -> RecordColumns { { row[$0] ?? .null } }
        return ExpressionMemory(
            context: context,
            follow: { object, id in
                guard let row = rows[object]?[id.raw], row["deleted_at"] ?? .null == .null else { return nil }
                return columns(row)
            },
            children: { object, link, parent in
                (rows[object] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
                    .filter { $0[link] == .integer(parent.raw) && $0["deleted_at"] == .null }.map(columns)
            }
        )
    }

    /// The columns of a thing.
    func thing(_ id: Int64) -> RecordColumns {
        let row = rows["thing"]?[id] ?? [:]
        return { row[$0] ?? .null }
    }
}
